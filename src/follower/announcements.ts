/** What a follower tells: from the first listener on, it watches the region and passes each new version on to all who listen. */
import type { Emitter } from '../listeners.js';
import type { Poll } from '../region/notify/poller.js';
import { pollToReattach, type Reattachable } from '../region/notify/reattach-poller.js';
import type { RegionListener, RegionWatcher } from '../region/notify/region-watcher.js';
import type { RegionReader } from '../region/reader.js';
import { Change } from './change.js';
import type { FollowerEvents } from './events.js';
import type { NewestVersion } from './newest-version.js';
import { atEndOfTurn } from './turn.js';
import type { Version } from './version.js';

/** A selection, as far as announcements go. */
export interface Listening {
  listenerCount(event: 'change'): number;
  /** Tells its listeners, if there is news for them. */
  wake(): void;
  close(): void;
}

export class Announcements<T> implements RegionListener, Reattachable {
  readonly #emitter: Emitter<FollowerEvents<T>>;
  readonly #region: RegionReader;
  readonly #newest: NewestVersion<T>;
  /** Those that somebody listens to: all others need no news, so they are neither brought up to date nor held. */
  readonly #selections = new Set<Listening>();
  readonly #subscribers = new Set<() => void>();
  /** What listeners know of; holds its segment while the region is watched. */
  #told: Version<T>;
  #toldIsHeld = false;
  #watcher: RegionWatcher | undefined;
  /** Finds new segments, and the region that takes the place of a removed one, while the region is not watched. */
  readonly #poll: Poll;
  #referenced = false;
  #closed = false;

  constructor(emitter: Emitter<FollowerEvents<T>>, region: RegionReader, newest: NewestVersion<T>) {
    this.#emitter = emitter;
    this.#region = region;
    this.#newest = newest;
    this.#told = newest.get();
    this.#poll = pollToReattach(this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** How the follower learns of new versions. */
  get mode(): RegionWatcher['mode'] | 'off' {
    return this.#watcher?.mode ?? 'off';
  }

  /** Watches the region from now on. What came between the last read and the first look of the watcher is told too. */
  begin(): void {
    if (this.#watcher !== undefined || this.#closed) return;
    this.#poll.close();
    this.#watcher = this.#region.watch(this);
    if (this.#referenced) this.#watcher.ref();
    this.#toldIsHeld = this.#told.readable;
    if (this.#toldIsHeld) this.#told.hold();
    queueMicrotask(() => this.commit());
  }

  /** Calls `wake` at each new version, and at the end, until the returned function is called. */
  subscribe(wake: () => void): () => void {
    this.#subscribers.add(wake);
    return () => this.#subscribers.delete(wake);
  }

  /** Somebody listens to `selection`. What came since it was last read is told at once. */
  include(selection: Listening): void {
    if (this.#closed || this.#selections.has(selection)) return;
    this.#selections.add(selection);
    this.begin();
    queueMicrotask(() => this.#guarded(() => this.#closed || this.#wake(selection)));
  }

  exclude(selection: Listening): void {
    this.#selections.delete(selection);
  }

  /** Whether watching keeps the process alive. */
  set referenced(referenced: boolean) {
    this.#referenced = referenced;
    if (referenced) {
      this.begin();
      this.#watcher?.ref();
    } else this.#watcher?.unref();
  }

  /** Tells nothing any more, and ends who waits. The region has been closed, and its watcher with it. */
  close(): void {
    this.#closed = true;
    this.#poll.close();
    if (this.#toldIsHeld) this.#told.release();
    this.#wakeSubscribers();
    for (const selection of this.#selections) selection.close();
  }

  commit(): void {
    this.#guarded(() => this.#tell());
  }

  master(alive: boolean): void {
    this.#emitter.emit('master', { alive });
  }

  removed(): void {
    this.#newest.markRemoved();
    this.#emitter.emit('removed');
  }

  returned(): void {
    this.#guarded(() => this.#reattach());
  }

  moveOn(): void {
    this.#guarded(() => {
      this.#reattach();
      this.#newest.leaveOldSegment();
    });
  }

  /** An error that nobody listens for must not end the process: the last document is still there, and reading throws the error again. */
  error(error: unknown): void {
    if (this.#emitter.listenerCount('error') > 0) this.#emitter.emit('error', error);
  }

  #reattach(): void {
    if (this.#newest.reattach() && this.#watcher !== undefined) this.#tell();
  }

  #tell(): void {
    if (this.#closed) return;
    const version = this.#newest.get();
    const previous = this.#told;
    if (version === previous) return;
    const change = new Change(this.#newest.source(), previous, version);
    this.#holdTold(version);
    atEndOfTurn(() => change.settle());
    this.#wakeSubscribers();
    for (const selection of this.#selections) this.#guarded(() => this.#wake(selection));
    this.#emitter.emit('change', change);
  }

  #holdTold(version: Version<T>): void {
    if (this.#toldIsHeld) this.#told.release();
    this.#told = version.hold();
    this.#toldIsHeld = true;
  }

  #wake(selection: Listening): void {
    if (selection.listenerCount('change') === 0) this.#selections.delete(selection);
    else selection.wake();
  }

  #wakeSubscribers(): void {
    for (const wake of this.#subscribers) wake();
  }

  #guarded(body: () => unknown): void {
    try {
      body();
    } catch (error) {
      this.error(error);
    }
  }
}
