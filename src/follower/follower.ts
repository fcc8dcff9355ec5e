/** A process that only reads a region. */
import type { JsonPatch } from '../format/compare/json-patch.js';
import type { Immutable } from '../format/immutable.js';
import { type Path, tokensOf } from '../format/pointer.js';
import { Emitter, whenListenedTo } from '../listeners.js';
import type { Commit } from '../region/control/record.js';
import { RegionReader } from '../region/reader.js';
import { Announcements } from './announcements.js';
import { type Change, patchBetween } from './change.js';
import { Changes } from './changes.js';
import { closed, noName } from './errors.js';
import type { FollowerEvents } from './events.js';
import { NewestVersion, NONE } from './newest-version.js';
import {
  type ChangesOptions,
  checkChangesOptions,
  checkFollowerOptions,
  checkWhenOptions,
  type FollowerOptions,
  type WhenOptions,
} from './options.js';
import { Selection } from './selection.js';
import { Snapshot } from './snapshot.js';
import { type Status, statusOf } from './status.js';
import { when } from './when.js';

/**
 * Reads a region: always the newest version, at the cost of a memory access when nothing has changed. Maps it read-only, holds
 * no lock, and keeps no process alive unless `ref` asks for it.
 *
 * @example
 * const config = Follower.open('app-config');
 * config.current.flags.beta;
 * config.on('change', ({ version, patch }) => console.log(version, patch));
 */
export class Follower<T = unknown> extends Emitter<FollowerEvents<T>> {
  readonly name: string;
  readonly #region: RegionReader;
  readonly #newest: NewestVersion<T>;
  readonly #announcements: Announcements<T>;
  /**
   * The last `current`, of version `#currentAt`, and the version word with which that is compared: one load nearer than in `#newest`, which is a
   * third of what a read costs. A region that is closed or replaced loses its mapping, so its version word equals no number.
   */
  #current: Immutable<T> | undefined;
  #currentAt = NONE;
  #versionView: Float64Array;
  #closed = false;

  /**
   * Opens a region that has a document. A handful of system calls, whatever its size.
   * @param name Default: `JSONMMAP_REGION` of the environment.
   * @throws `ERR_REGION_NOT_FOUND` when no master has published it yet (`when` waits for that); `ERR_REGION_DENIED`, `ERR_REGION_CORRUPT`,
   *   `ERR_REGION_FORMAT`, `ERR_INVALID_NAME`, `ERR_INVALID_ARG`, `ERR_DIRECTORY`
   */
  static open<T = unknown>(
    name: string | undefined = process.env.JSONMMAP_REGION,
    options: FollowerOptions = {},
  ): Follower<T> {
    checkFollowerOptions(options);
    return new Follower(named(name), options);
  }

  /**
   * Opens a region as soon as it has a document.
   * @throws `ERR_TIMEOUT` after `timeoutMs`, the reason of `signal`, and what `open` throws for other reasons than a region that is not there
   */
  static async when<T = unknown>(
    name: string | undefined = process.env.JSONMMAP_REGION,
    options: WhenOptions = {},
  ): Promise<Follower<T>> {
    checkWhenOptions(options);
    const { timeoutMs, signal, ...open } = options;
    return when(named(name), { timeoutMs, signal }, () => new Follower<T>(named(name), open));
  }

  private constructor(name: string, options: FollowerOptions) {
    super();
    this.name = name;
    this.#region = RegionReader.open(name, options);
    try {
      this.#newest = new NewestVersion(this.#region);
    } catch (error) {
      this.#region.close();
      throw error;
    }
    this.#versionView = this.#newest.versionView;
    this.#announcements = new Announcements(this, this.#region, this.#newest);
    whenListenedTo(this, () => this.#announcements.begin());
  }

  /** The control file. */
  get path(): string {
    return this.#region.path;
  }

  /** The number of the newest version. */
  get version(): number {
    return this.#newest.get().number;
  }

  /**
   * The newest document as plain frozen data; subtrees that did not change are the same objects as before. A few nanoseconds while nothing has
   * changed; O(width of what changed) after a change, O(document) the first time.
   */
  get current(): Immutable<T> {
    // A damaged version word can hold any number, also the one that means none; no document is undefined.
    if (this.#versionView[0] !== this.#currentAt || this.#current === undefined) this.#refreshCurrent();
    return this.#current as Immutable<T>;
  }

  /** The newest document as lazy objects that decode only what is touched. Each stays at its version. */
  get view(): Immutable<T> {
    return this.#newest.view;
  }

  /** Returns the newest value at `path`, frozen; undefined where it does not exist. O(depth) plus the size of the value. @throws `ERR_PATH_INVALID` */
  get(path: Path): unknown {
    return this.#newest.get().get(path);
  }

  /** Whether `path` exists. O(depth). */
  has(path: Path): boolean {
    return this.#newest.get().has(path);
  }

  /** Returns the keys of the object, or the indexes of the array, at `path`; none where neither is. */
  keys(path: Path = ''): string[] {
    return this.#newest.get().keys(path);
  }

  /** Returns the number of entries or elements at `path`; 0 where no container is. */
  size(path: Path = ''): number {
    return this.#newest.get().size(path);
  }

  /**
   * Returns the value at `path`, live: it wakes only when this path changes. O(size of the value), later O(change). The follower holds it only while
   * somebody listens to it.
   */
  select<V = unknown>(path: Path): Selection<V> {
    this.#checkOpen();
    return new Selection<V>(
      tokensOf(path),
      this.#newest as NewestVersion<unknown>,
      this.#announcements as Announcements<unknown>,
    );
  }

  /** Returns the newest version, for many reads of one version. It keeps its memory until it is closed, or forgotten. */
  snapshot(): Snapshot<T> {
    return new Snapshot(this.#newest.get());
  }

  /** Returns `version` as it was. @throws `ERR_VERSION_GONE` when it is no longer kept, `ERR_INVALID_ARG` */
  at(version: number): Snapshot<T> {
    return this.#newest.at(version, (kept) => new Snapshot(kept));
  }

  /** Returns the versions that can be read, newest first. */
  history(): Commit[] {
    return this.#region.history();
  }

  /** Returns the RFC 6902 patch from one version to another, default to the newest. O(change). @throws `ERR_VERSION_GONE` */
  diff(from: number, to: number = this.version): JsonPatch {
    return this.#newest.at(from, (before) => this.#newest.at(to, (after) => patchBetween(before, after)));
  }

  /**
   * Yields changes as they come, below `path` if one is given. Conflates: a slow consumer gets one step to the newest version. Ends when the follower
   * is closed; throws the reason of `signal` when that aborts. Waiting keeps the process alive only with `ref`.
   */
  changes(options: ChangesOptions = {}): AsyncIterableIterator<Change<T>> {
    checkChangesOptions(options);
    this.#checkOpen();
    const request = { tokens: tokensOf(options.path ?? ''), signal: options.signal };
    this.#announcements.begin();
    return new Changes<T>(this.#newest, this.#announcements, request);
  }

  /** Looks at version, age, master and files. A few microseconds. */
  status(): Status {
    this.#checkOpen();
    const { number: version, committedAt } = this.#newest.get();
    return statusOf(this.#region, this.#announcements.mode, { version, committedAt, ...this.#newest.counts });
  }

  /** Keeps the process alive while this is open. */
  ref(): this {
    this.#announcements.referenced = true;
    return this;
  }

  /** Lets the process end, as it may from the start. */
  unref(): this {
    this.#announcements.referenced = false;
    return this;
  }

  /**
   * Ends it: files, watchers and memory are given back, nothing is told any more. Snapshots and views that were handed out stay until they are closed
   * or forgotten, `current` values forever. Idempotent.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#currentAt = NONE;
    this.#region.close();
    this.#newest.close();
    this.#announcements.close();
    this.removeAllListeners();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #refreshCurrent(): void {
    this.#current = this.#newest.get().current;
    this.#currentAt = this.#newest.seen;
    this.#versionView = this.#newest.versionView;
  }

  #checkOpen(): void {
    if (this.#closed) throw closed(this.name);
  }
}

function named(name: string | undefined): string {
  if (name === undefined || name === '') throw noName();
  return name;
}
