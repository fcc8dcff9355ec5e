/** Events of a few names in a few directories: one kernel watch for each directory. */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { addName, EVERY_NAME } from './ways.js';

interface Watched {
  readonly watcher: FSWatcher;
  /** Which directory it is: another one of the same path needs a watch of its own. */
  readonly identity: string;
  names: ReadonlySet<string>;
}

export class DirectoryWatches {
  readonly #onEvent: () => void;
  readonly #watched = new Map<string, Watched>();

  /** Calls `onEvent` at each event that concerns a name that is watched, or a watched directory itself. */
  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /**
   * Watches these names, by directory, and nothing else; a directory that was replaced is watched again. For one that is not there the nearest above
   * that is there is watched for its coming. What cannot be watched raises no events.
   */
  set(wanted: ReadonlyMap<string, ReadonlySet<string>>): void {
    const names = new Map([...wanted].map(([directory, set]) => [directory, new Set(set)]));
    const kept = new Set<string>();
    // What is added on the way, for directories that are missing, is visited too.
    for (const [directory, set] of names) {
      if (this.#watch(directory, set)) kept.add(directory);
      else if (directory !== dirname(directory)) addName(names, directory);
    }
    for (const directory of this.#watched.keys()) if (!kept.has(directory)) this.#unwatch(directory);
  }

  close(): void {
    for (const directory of this.#watched.keys()) this.#unwatch(directory);
  }

  /** Identity first: if another directory gets the path before the watch is there, the next call sees that, and watches again. */
  #watch(directory: string, names: ReadonlySet<string>): boolean {
    const identity = identityOf(directory);
    const known = this.#watched.get(directory);
    if (known !== undefined && known.identity === identity) {
      known.names = names;
      return true;
    }
    this.#unwatch(directory);
    if (identity === undefined) return false;
    try {
      const watcher = watch(directory, { persistent: false });
      const watched: Watched = { watcher, identity, names };
      watcher.on('change', (event, name) => this.#event(directory, watched, event, name));
      watcher.on('error', () => this.#lost(directory, watched));
      this.#watched.set(directory, watched);
      return true;
    } catch {
      return false; // may not be read, or no watches are left: the slow look sees what changes
    }
  }

  /**
   * A watch whose directory is deleted or moved reports the name of the directory, and nothing afterwards. It is not kept: a new directory may have
   * the same path and the same inode.
   */
  #event(directory: string, watched: Watched, event: string, name: string | Buffer | null): void {
    if (event === 'rename' && name === basename(directory)) this.#lost(directory, watched);
    else if (name === null || name === basename(directory) || matters(watched, String(name))) this.#onEvent();
  }

  #lost(directory: string, watched: Watched): void {
    if (this.#watched.get(directory) !== watched) return;
    this.#unwatch(directory);
    this.#onEvent();
  }

  #unwatch(directory: string): void {
    this.#watched.get(directory)?.watcher.close();
    this.#watched.delete(directory);
  }
}

function matters({ names }: Watched, name: string): boolean {
  return names.has(name) || names.has(EVERY_NAME);
}

function identityOf(directory: string): string | undefined {
  try {
    const { dev, ino } = statSync(directory, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
