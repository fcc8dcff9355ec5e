/** A process that only reads a region. */
import { JsonMmapError } from '../errors.js';
import type { JsonPatch } from '../format/compare/diff.js';
import type { Immutable } from '../format/immutable.js';
import { type Path, tokensOf } from '../format/pointer.js';
import { Emitter, whenListenedTo } from '../listeners.js';
import type { Commit } from '../region/control/record.js';
import type { Doorbell } from '../region/notify/doorbell.js';
import { type Acquired, RegionReader } from '../region/reader.js';
import { Lease } from '../region/segment/lease.js';
import { Change, type ChangeSource, patchBetween } from './change.js';
import { Changes } from './changes.js';
import { closed, noDocument, noName, noVersion, regionGone } from './errors.js';
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
import { atEndOfTurn } from './turn.js';
import { Version } from './version.js';
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
  /** The newest version that was seen; holds its segment. */
  #version: Version<T>;
  /** The one before, in another segment, which is held until the turn ends: what is read now is compared with it. */
  #left: Version<T> | undefined;
  /**
   * The number that `#version` has in the region that is open; none after the region was replaced, whose versions begin again, and when
   * this is closed: every read goes the long way then.
   */
  #seen: number;
  /** `current` of `#version`, once it was asked for. */
  #current: Immutable<T> | undefined;
  /** The view of `#version` with its lease, once it was asked for: forgotten with the version, so that only the program keeps it. */
  #view: Immutable<T> | undefined;
  /** The version word of the region that is open; see `region/control/control.ts`, rule 4. */
  #glance: Float64Array;
  /** What listeners know of; holds its segment as long as there is a doorbell. */
  #told: Version<T>;
  #toldIsHeld = false;
  #doorbell: Doorbell | undefined;
  /** Finds new segments, and the region that takes the place of a removed one, as long as there is no doorbell to do so. */
  readonly #looker: Looker = { look: () => this.#guarded(() => this.#moveOn()) };
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
      this.#version = new Version(acquired);
    } catch (error) {
      this.#region.close();
      throw error;
    }
    this.#seen = this.#version.number;
    this.#glance = this.#region.glance;
    this.#told = this.#version;
    this.#stopLooking = lookRegularly(this.#looker);
    whenListenedTo(this, () => this.#watch());
  }

  /** The control file. */
  get path(): string {
    return this.#region.path;
  }

  /** The number of the newest version. */
  get version(): number {
    return this.#newest().number;
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
    const newest = this.#newest();
    if (this.#view === undefined) this.#view = newest.view(new Lease(newest.segment));
    return this.#view;
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

  /** Returns the newest version, for many reads of one version. It keeps its memory until it is closed, or forgotten. */
  snapshot(): Snapshot<T> {
    return new Snapshot(this.#newest());
  }

  /** Returns `version` as it was. @throws `ERR_VERSION_GONE` when it is no longer kept, `ERR_INVALID_ARG` */
  at(version: number): Snapshot<T> {
    return this.#at(version, (kept) => new Snapshot(kept));
  }

  /** Returns the versions that can be read, newest first. */
  history(): Commit[] {
    return this.#region.history();
  }

  /** Returns the RFC 6902 patch from one version to another, default to the newest. O(change). @throws `ERR_VERSION_GONE` */
  diff(from: number, to: number = this.version): JsonPatch {
    return this.#at(from, (before) => this.#at(to, (after) => patchBetween(before, after)));
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
      ...this.#changeSource(),
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
    const { number: version, committedAt } = this.#newest();
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

  /**
   * Ends it: files, watchers and memory are given back, nothing is told any more. Snapshots and views that were handed out stay until they are closed
   * or forgotten, `current` values for ever. Idempotent.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#seen = NONE;
    this.#view = undefined;
    this.#stopLooking();
    this.#region.close();
    this.#version.release();
    this.#leave(undefined);
    if (this.#toldIsHeld) this.#told.release();
    this.#wakeSubscribers();
    for (const selection of this.#selections) selection.close();
    this.removeAllListeners();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The newest version: the hot path of every read, so nothing is looked at here that `#seen` can stand for. */
  #newest(): Version<T> {
    if (this.#glance[0] !== this.#seen) this.#look();
    return this.#version;
  }

  #look(): void {
    this.#checkOpen();
    if (this.#region.changedSince(this.#seen)) this.#advance();
  }

  #advance(): void {
    if (this.#removed) return;
    const acquired = this.#acquire();
    if (acquired === undefined) return;
    if (acquired.commit.version === this.#seen) {
      acquired.segment.release();
      return;
    }
    const before = this.#version;
    this.#seen = acquired.commit.version;
    this.#version = new Version(acquired, before);
    this.#current = undefined;
    this.#view = undefined;
    if (before.segment === acquired.segment) before.release();
    else this.#leave(before);
  }

  /** Lets the version that was left before go now, and `version` when the turn ends (I19). */
  #leave(version: Version<T> | undefined): void {
    this.#left?.release();
    this.#left = version;
    if (version === undefined) return;
    atEndOfTurn(() => {
      if (this.#left === version) this.#leave(undefined);
    });
  }

  /** Nobody listens and perhaps nobody reads: what the master has left must not be kept for that (I20). */
  #moveOn(): void {
    this.#onReturned();
    if (this.#seen === NONE || this.#region.hasLeft(this.#version.segment)) this.#advance();
  }

  /** Returns what `use` makes of a version, which is held meanwhile. */
  #at<R>(version: number, use: (version: Version<T>) => R): R {
    const newest = this.#newest();
    if (!Number.isSafeInteger(version) || version < 1) throw noVersion(version);
    const kept = version === this.#seen ? newest.hold() : new Version<T>(this.#region.acquireAt(version));
    try {
      return use(kept);
    } finally {
      kept.release();
    }
  }

  /** For changes that are read late: their versions are those of the region that is open now. */
  #changeSource(): ChangeSource<T> {
    const { instance } = this.#region;
    return {
      at: (version, use) => {
        if (this.#region.instance !== instance) throw regionGone(this.name, version);
        return this.#at(version, use);
      },
    };
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
    this.#toldIsHeld = this.#told.readable;
    if (this.#toldIsHeld) this.#told.hold();
    // What came between the last look and the first watch is told too.
    queueMicrotask(() => this.#guarded(() => this.#tell()));
  }

  #tell(): void {
    if (this.#closed) return;
    const version = this.#newest();
    const previous = this.#told;
    if (version === previous) return;
    const change = new Change(this.#changeSource(), previous, version);
    this.#holdTold(version);
    atEndOfTurn(() => change.settle());
    this.#wakeSubscribers();
    for (const selection of this.#selections) this.#guarded(() => this.#wake(selection));
    this.emit('change', change);
  }

  #holdTold(version: Version<T>): void {
    if (this.#toldIsHeld) this.#told.release();
    this.#told = version.hold();
    this.#toldIsHeld = true;
  }

  /** What came since it was last read is told at once. */
  #listened(selection: Selection<never>): void {
    if (this.#closed || this.#selections.has(selection)) return;
    this.#selections.add(selection);
    this.#watch();
    queueMicrotask(() => this.#guarded(() => this.#closed || this.#wake(selection)));
  }

  #wake(selection: Selection<never>): void {
    if (selection.listenerCount('change') === 0) this.#selections.delete(selection);
    else selection.wake();
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

function named(name: string | undefined): string {
  if (name === undefined || name === '') throw noName();
  return name;
}
