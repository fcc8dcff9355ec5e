/**
 * Watching files the way people and machines change them: written in place, renamed over by an editor, swapped by a symbolic link further up
 * (Kubernetes mounts a ConfigMap as `..data`), deleted and back again.
 *
 * No event is taken at its word. Any stir in a directory on the way to a file makes us look whether the file is another than it was; a burst
 * of stirs makes us look once it is over. A slow look every now and then covers file systems that raise no events.
 */
import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { errnoOf } from '../errors.js';

/** Quiet for so long, a burst is over. */
const QUIET_MS = 40;
/** A file that never rests is looked at all the same. */
const LONGEST_BURST_MS = 1000;
const SLOW_LOOK_MS = 2000;
const LINKS_MAX = 40;

export class FileWatch {
  readonly #files: readonly string[];
  readonly #onChange: () => void;
  readonly #watcher: FSWatcher;
  readonly #slowLook: NodeJS.Timeout;
  #watched = new Set<string>();
  #seen: string;
  #quiet: NodeJS.Timeout | undefined;
  #burstSince = 0;

  /** Calls `onChange` after each change of any of `files`, once the burst that it belongs to is over. */
  constructor(files: readonly string[], onChange: () => void) {
    this.#files = files.map((file) => resolve(file));
    this.#onChange = onChange;
    this.#watcher = watch([], { ignoreInitial: true, depth: 0, followSymlinks: false, persistent: true });
    this.#watcher.on('all', () => this.#stir());
    this.#watcher.on('raw', () => this.#stir());
    this.#watcher.on('error', () => {}); // a directory that cannot be watched is looked at slowly
    this.#slowLook = setInterval(() => this.#look(), SLOW_LOOK_MS).unref();
    this.#watchDirectories();
    this.#seen = this.#state();
  }

  /** Resolves when everything is watched that is there. */
  ready(): Promise<void> {
    return new Promise((done) => this.#watcher.once('ready', () => done()));
  }

  async close(): Promise<void> {
    clearInterval(this.#slowLook);
    clearTimeout(this.#quiet);
    await this.#watcher.close();
  }

  #stir(): void {
    const now = performance.now();
    if (this.#quiet === undefined) this.#burstSince = now;
    clearTimeout(this.#quiet);
    const waitMs = Math.max(0, Math.min(QUIET_MS, this.#burstSince + LONGEST_BURST_MS - now));
    this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      this.#look();
    }, waitMs);
  }

  #look(): void {
    const state = this.#state();
    if (state === this.#seen) return;
    this.#seen = state;
    this.#watchDirectories();
    this.#onChange();
  }

  #state(): string {
    return this.#files.map(stateOf).join('\n');
  }

  #watchDirectories(): void {
    const wanted = new Set(this.#files.flatMap(directoriesOnTheWay));
    const gone = [...this.#watched].filter((directory) => !wanted.has(directory));
    const fresh = [...wanted].filter((directory) => !this.#watched.has(directory));
    if (gone.length > 0) this.#watcher.unwatch(gone);
    if (fresh.length > 0) this.#watcher.add(fresh);
    this.#watched = wanted;
  }
}

/** What tells one content of a file from another without reading it. */
function stateOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch (error) {
    return errnoOf(error) ?? 'unknown';
  }
}

/** The directories in which a link or a file on the way to `file` can be replaced. */
function directoriesOnTheWay(file: string): string[] {
  const directories = new Set<string>();
  const pending = [file];
  for (let links = 0; pending.length > 0 && links < LINKS_MAX; links++) {
    const path = pending.pop() as string;
    directories.add(dirname(path));
    for (let part = path; part !== dirname(part); part = dirname(part)) {
      const target = linkTarget(part);
      if (target === undefined) continue;
      directories.add(dirname(part));
      pending.push(resolve(dirname(part), target) + path.slice(part.length));
      break;
    }
  }
  return [...directories];
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined; // not there now: its directory is watched, so its coming is seen
  }
}
