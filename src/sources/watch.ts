/**
 * Watches files in all the ways in which people and programs change them: written in place, replaced by an editor's rename, switched by a symbolic
 * link in their path (Kubernetes mounts a ConfigMap as `..data`), deleted and created again.
 *
 * An event is only a hint. After an event for a name on the way to a file, and once a burst of events is over, we check whether the file has changed.
 * A slow periodic check covers file systems that raise no events, and directories further up that are replaced. Each check sets the watches first
 * and then looks at the files, so a change after the look raises an event.
 */
import { type BigIntStats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { errnoOf } from '../errors.js';
import { DirectoryWatches } from './directory-watches.js';
import { filesIn, isDirectory } from './members.js';
import { namesOnTheWay } from './ways.js';

/** A burst is over after so long without an event. */
const QUIET_MS = 40;
/** A file that changes without a pause is checked after this time. */
const LONGEST_BURST_MS = 1000;
const SLOW_LOOK_MS = 2000;
/** File times move in ticks of the kernel, at most 10 ms: two writes within one tick can look the same (ext4, tmpfs). */
const TICK_MS = 20;

export class FileWatch {
  readonly #files: readonly string[];
  readonly #onChange: () => void;
  readonly #watches: DirectoryWatches;
  readonly #slowLook: NodeJS.Timeout;
  #seen: string[] = [];
  /** A file may have changed after the last look within the tick of its time: the next look counts as a change. */
  #unsure = false;
  #quiet: NodeJS.Timeout | undefined;
  #burstSince = 0;
  #closed = false;

  /**
   * Calls `onChange` after each change of any of `files`, or of the files in one that is a directory (its name ends with a slash), once the burst of
   * changes is over. Everything is watched when this returns: read the files then, and no later change is missed. Does not keep the process alive.
   */
  constructor(files: readonly string[], onChange: () => void) {
    this.#files = files.map((file) => (isDirectory(file) ? `${resolve(file)}/` : resolve(file)));
    this.#onChange = onChange;
    this.#watches = new DirectoryWatches(() => this.#stir());
    this.#slowLook = setInterval(() => this.#look(), SLOW_LOOK_MS).unref();
    this.look();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#slowLook);
    clearTimeout(this.#quiet);
    this.#watches.close();
  }

  #stir(): void {
    if (this.#closed) return;
    const now = performance.now();
    if (this.#quiet === undefined) this.#burstSince = now;
    clearTimeout(this.#quiet);
    const waitMs = Math.max(0, Math.min(QUIET_MS, this.#burstSince + LONGEST_BURST_MS - now));
    this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      this.#look();
    }, waitMs).unref();
  }

  #look(): void {
    if (this.look()) this.#onChange();
  }

  /** Returns whether any file may be another than at the last look, for which `onChange` is not called then. */
  look(): boolean {
    const directories = this.#files.filter(isDirectory);
    this.#watches.set(namesOnTheWay(this.#named(), directories));
    const [before, wasUnsure] = [this.#seen, this.#unsure];
    // Once more: a file that came into a directory before that was watched has raised no event.
    const files = this.#named();
    const stats = files.map(statOf);
    this.#seen = [
      ...directories.map((directory) => (typeof statOf(directory) === 'string' ? 'missing' : 'there')),
      ...stats.map((stat, i) => `${files[i]} ${stateOf(stat)}`),
    ];
    this.#unsure = stats.some(isFresh);
    if (this.#unsure) this.#stir();
    return wasUnsure || !isDeepStrictEqual(this.#seen, before);
  }

  /** The files, those in directories included. */
  #named(): string[] {
    return this.#files.flatMap((file) => (isDirectory(file) ? filesIn(file) : [file]));
  }
}

/** The error's name where there is no file. */
function statOf(file: string): BigIntStats | string {
  try {
    return statSync(file, { bigint: true });
  } catch (error) {
    return errnoOf(error) ?? 'unknown';
  }
}

/** Identifies the content of a file without reading it. */
function stateOf(stats: BigIntStats | string): string {
  if (typeof stats === 'string') return stats;
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

function isFresh(stats: BigIntStats | string): boolean {
  return typeof stats !== 'string' && Math.abs(Date.now() - Number(stats.ctimeMs)) < TICK_MS;
}
