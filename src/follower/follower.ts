/** A process that only reads a region. */
import { JsonMmapError } from '../errors.js';
import type { JsonPatch } from '../format/compare/diff.js';
import type { Immutable } from '../format/immutable.js';
import { type Path, tokensOf } from '../format/pointer.js';
import { Reader } from '../format/read/reader.js';
import type { Segment } from '../format/segment.js';
import { Emitter, whenListenedTo } from '../listeners.js';
import type { Doorbell } from '../region/doorbell.js';
import { type Acquired, RegionReader } from '../region/reader.js';
import type { Commit } from '../region/record.js';
import { Change, patchBetween } from './change.js';
import { Changes } from './changes.js';
import { closed, noDocument, noName, noVersion } from './faults.js';
import {
  type ChangesOptions,
  checkChangesOptions,
  checkFollowerOptions,
  checkWhenOptions,
  type FollowerOptions,
  type WhenOptions,
} from './options.js';
import { type Looker, lookRegularly } from './presence.js';
import { Selection } from './selection.js';
import { Snapshot } from './snapshot.js';
import { type Status, statusOf } from './status.js';
import { when } from './when.js';

/** What a follower emits. Events conflate: a listener that is slow hears of the newest state, not of every step. */
export interface FollowerEvents<T> {
  /** There is a newer version. */
  change: [Change<T>];
  /** The master has come, gone or died; the document stays readable. */
  master: [{ alive: boolean }];
  /** The region was removed; the last document stays readable, and a region of the same name is followed when it comes. */
  removed: [];
  error: [unknown];
}

/** No version of any region. */
const NONE = -1;

/** The segments a process has mapped, each with one reader: its caches are shared by all versions in it. */
const readers = new WeakMap<Segment, Reader>();

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
  /** Those that somebody listens to: all others need no news, so they are neither brought up to date nor held. */
  readonly #selections = new Set<Selection<never>>();
  readonly #subscribers = new Set<() => void>();
  #snapshot: Snapshot<T>;
  /**
   * The version that `#snapshot` has in the region that is open; none after the region was replaced, whose versions begin again, and when
   * this is closed: every read goes the long way then.
   */
  #seen: number;
  /** `current` of `#snapshot`, once it was asked for. */
  #current: Immutable<T> | undefined;
  /** The version word of the region that is open; see `region/control.ts`, rule 4. */
  #glance: Float64Array;
  /** What listeners know of. */
  #told: Snapshot<T>;
  #doorbell: Doorbell | undefined;
  /** Finds the region again that takes the place of a removed one, as long as there is no doorbell to do so. */
  readonly #looker: Looker = { look: () => this.#guarded(() => this.#onReturned()) };
  readonly #stopLooking: () => void;
  #referenced = false;
  #removed = false;
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
      const acquired = this.#region.acquire();
      if (acquired === undefined) throw noDocument(name);
      this.#snapshot = snapshotOf(acquired);
    } catch (error) {
      this.#region.close();
      throw error;
    }
    this.#seen = this.#snapshot.version;
    this.#glance = this.#region.glance;
    this.#told = this.#snapshot;
    this.#stopLooking = lookRegularly(this.#looker);
    whenListenedTo(this, () => this.#watch());
  }

  /** The control file. */
  get path(): string {
    return this.#region.path;
  }

  /** The number of the newest version. */
  get version(): number {
    return this.#newest().version;
  }

  /**
   * The newest document as plain frozen data; subtrees that did not change are the same objects as before. A few nanoseconds while nothing has
   * changed; O(width of what changed) after a change, O(document) the first time.
   */
  get current(): Immutable<T> {
    const newest = this.#newest();
    if (this.#current === undefined) this.#current = newest.current;
    return this.#current;
  }

  /** The newest document as lazy objects that decode only what is touched. Each stays at its version. */
  get view(): Immutable<T> {
    return this.#newest().view;
  }

  /** Returns the newest value at `path`, frozen; undefined where it does not exist. O(depth) plus the size of the value. @throws `ERR_PATH_INVALID` */
  get(path: Path): unknown {
    return this.#newest().get(path);
  }

  /** Whether `path` exists. O(depth). */
  has(path: Path): boolean {
    return this.#newest().has(path);
  }

  /** Returns the keys of the object, or the indexes of the array, at `path`; none where neither is. */
  keys(path: Path = ''): string[] {
    return this.#newest().keys(path);
  }

  /** Returns the number of entries or elements at `path`; 0 where no container is. */
  size(path: Path = ''): number {
    return this.#newest().size(path);
  }

  /**
   * Returns the value at `path`, live: it wakes only when this path changes. O(size of the value), later O(change). The follower holds it only while
   * somebody listens to it.
   */
  select<V = unknown>(path: Path): Selection<V> {
    this.#checkOpen();
    const selection: Selection<V> = new Selection<V>(tokensOf(path), {
      newest: () => this.#newest(),
      listened: () => this.#listened(selection as Selection<never>),
      closed: () => this.#selections.delete(selection as Selection<never>),
    });
    return selection;
  }

  /** Returns the newest version, to be read many times as it is now. */
  snapshot(): Snapshot<T> {
    return this.#newest();
  }

  /** Returns `version` as it was. @throws `ERR_VERSION_GONE` when it is no longer kept, `ERR_INVALID_ARG` */
  at(version: number): Snapshot<T> {
    const newest = this.#newest();
    if (!Number.isSafeInteger(version) || version < 1) throw noVersion(version);
    return version === this.#seen ? newest : snapshotOf(this.#region.acquireAt(version));
  }

  /** Returns the versions that can be read, newest first. */
  history(): Commit[] {
    return this.#region.history();
  }

  /** Returns the RFC 6902 patch from one version to another, default to the newest. O(change). @throws `ERR_VERSION_GONE` */
  diff(from: number, to: number = this.version): JsonPatch {
    return patchBetween(this.at(from), this.at(to));
  }

  /**
   * Yields changes as they come, below `path` if one is given. Conflates: a slow consumer gets one step to the newest version. Ends when the follower
   * is closed; throws the reason of `signal` when that aborts. Waiting keeps the process alive only with `ref`.
   */
  changes(options: ChangesOptions = {}): AsyncIterableIterator<Change<T>> {
    checkChangesOptions(options);
    this.#checkOpen();
    const request = { tokens: tokensOf(options.path ?? ''), signal: options.signal };
    this.#watch();
    const source = {
      newest: () => this.#newest(),
      ended: () => this.#closed,
      subscribe: (wake: () => void) => {
        this.#subscribers.add(wake);
        return () => this.#subscribers.delete(wake);
      },
    };
    return new Changes<T>(source, request);
  }

  /** Looks at version, age, master and files. A few microseconds. */
  status(): Status {
    this.#checkOpen();
    const { version, committedAt } = this.#newest();
    return statusOf(this.#region, this.#doorbell, { version, committedAt });
  }

  /** Keeps the process alive while this is open. */
  ref(): this {
    this.#referenced = true;
    this.#watch();
    this.#doorbell?.ref();
    return this;
  }

  /** Lets the process end, as it may from the start. */
  unref(): this {
    this.#referenced = false;
    this.#doorbell?.unref();
    return this;
  }

  /** Ends it: files and watchers are given back, nothing is told any more. Snapshots and `current` values stay. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#seen = NONE;
    this.#stopLooking();
    this.#region.close();
    this.#wakeSubscribers();
    for (const selection of this.#selections) selection.close();
    this.removeAllListeners();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The newest version: the hot path of every read, so nothing is looked at here that `#seen` can stand for. */
  #newest(): Snapshot<T> {
    if (this.#glance[0] !== this.#seen) this.#look();
    return this.#snapshot;
  }

  #look(): void {
    this.#checkOpen();
    if (this.#region.changedSince(this.#seen)) this.#advance();
  }

  #advance(): void {
    if (this.#removed) return;
    const acquired = this.#acquire();
    if (acquired === undefined || acquired.commit.version === this.#seen) return;
    this.#seen = acquired.commit.version;
    this.#snapshot = snapshotOf(acquired, this.#snapshot);
    this.#current = undefined;
  }

  /** Undefined where there is no version, or its files were removed before we saw it: what we have stays the newest. */
  #acquire(): Acquired | undefined {
    try {
      return this.#region.acquire();
    } catch (error) {
      if (!(error instanceof JsonMmapError) || error.code !== 'ERR_REGION_NOT_FOUND') throw error;
      this.#removed = true;
      return undefined;
    }
  }

  /** Listens for the doorbell from the first listener on. */
  #watch(): void {
    if (this.#doorbell !== undefined || this.#closed) return;
    this.#stopLooking();
    this.#doorbell = this.#region.watch({
      commit: () => this.#guarded(() => this.#tell()),
      master: (alive) => this.emit('master', { alive }),
      removed: () => this.#onRemoved(),
      returned: () => this.#guarded(() => this.#onReturned()),
      error: (error) => this.#onError(error),
    });
    if (this.#referenced) this.#doorbell.ref();
    // What came between the last look and the first watch is told too.
    queueMicrotask(() => this.#guarded(() => this.#tell()));
  }

  #tell(): void {
    if (this.#closed) return;
    const snapshot = this.#newest();
    const previous = this.#told;
    if (snapshot === previous) return;
    this.#told = snapshot;
    this.#wakeSubscribers();
    for (const selection of this.#selections) this.#guarded(() => this.#wake(selection, snapshot));
    this.emit('change', new Change(previous, snapshot));
  }

  /** What came since it was last read is told at once. */
  #listened(selection: Selection<never>): void {
    if (this.#closed || this.#selections.has(selection)) return;
    this.#selections.add(selection);
    this.#watch();
    queueMicrotask(() => this.#guarded(() => this.#closed || this.#wake(selection, this.#newest())));
  }

  #wake(selection: Selection<never>, snapshot: Snapshot): void {
    if (selection.listenerCount('change') === 0) this.#selections.delete(selection);
    else selection.wake(snapshot);
  }

  #wakeSubscribers(): void {
    for (const wake of this.#subscribers) wake();
  }

  #onRemoved(): void {
    this.#removed = true;
    this.emit('removed');
  }

  #onReturned(): void {
    if (!this.#region.reattach()) return;
    this.#removed = false;
    this.#seen = NONE;
    this.#glance = this.#region.glance;
    if (this.#doorbell !== undefined) this.#tell();
  }

  #guarded(body: () => unknown): void {
    try {
      body();
    } catch (error) {
      this.#onError(error);
    }
  }

  /** An error that nobody listens for must not end the process: the last document still stands, and reading throws it again. */
  #onError(error: unknown): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  #checkOpen(): void {
    if (this.#closed) throw closed(this.name);
  }
}

function snapshotOf<T>({ commit, segment }: Acquired, base?: Snapshot<T>): Snapshot<T> {
  let reader = readers.get(segment);
  if (reader === undefined) {
    reader = new Reader(segment);
    readers.set(segment, reader);
  }
  return new Snapshot<T>(commit, reader, base);
}

function named(name: string | undefined): string {
  if (name === undefined || name === '') throw noName();
  return name;
}
