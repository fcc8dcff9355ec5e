/** Changes as an async iterator that conflates: a slow consumer sees fewer steps, and there is no queue. */
import { sameSlot } from '../format/compare/same.js';
import { Lease } from '../region/segment/lease.js';
import type { Announcements } from './announcements.js';
import { Change, type ChangeSource, patchBetween } from './change.js';
import type { NewestVersion } from './newest-version.js';
import type { Version } from './version.js';

/** What a follower's `changes` may be asked for. @internal */
export interface ChangesRequest {
  readonly tokens: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Yields a change for each new version in which what stands at a path changed, since it was made. Ends with its follower, by `return`, or with the
 * reason of a signal. Holds the version from which the next change will be, and what it has yielded until the next is asked for.
 */
export class Changes<T> implements AsyncIterableIterator<Change<T>, undefined> {
  readonly #newest: NewestVersion<T>;
  readonly #announcements: Announcements<T>;
  /** Finds the versions of the region that was open when this began. */
  readonly #source: ChangeSource<T>;
  readonly #tokens: readonly string[];
  readonly #signal: AbortSignal | undefined;
  /** Where the next change begins. A lease, because an iteration may be dropped without a word. */
  #last: Version<T>;
  #lease: Lease;
  /** What was yielded last. */
  #given: Change<T> | undefined;
  /** Ends when the calls of `next` so far are answered: each gets a step of its own. */
  #turn: Promise<unknown> = Promise.resolve();
  #wake = (): void => {};
  #done = false;

  constructor(newest: NewestVersion<T>, announcements: Announcements<T>, { tokens, signal }: ChangesRequest) {
    signal?.throwIfAborted();
    this.#newest = newest;
    this.#announcements = announcements;
    this.#source = newest.source();
    this.#tokens = tokens;
    this.#signal = signal;
    this.#last = newest.get();
    this.#lease = new Lease(this.#last.segment);
  }

  next(): Promise<IteratorResult<Change<T>, undefined>> {
    const step = this.#turn.then(() => this.#step());
    this.#turn = step.catch(() => {}); // who called `next` gets the error, the next one his own answer
    return step;
  }

  /** Ends the iteration, also for those who wait. */
  async return(): Promise<IteratorResult<Change<T>, undefined>> {
    this.#end();
    this.#wake();
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #step(): Promise<IteratorResult<Change<T>, undefined>> {
    this.#given?.settle();
    try {
      for (;;) {
        if (this.#done || this.#announcements.closed) break;
        this.#signal?.throwIfAborted();
        this.#given = this.#change();
        if (this.#given !== undefined) return { done: false, value: this.#given };
        await this.#news();
      }
    } catch (error) {
      this.#end();
      throw error;
    }
    this.#end();
    return END;
  }

  #end(): void {
    this.#done = true;
    this.#given?.settle();
    this.#lease.end();
  }

  /** The step to the newest version; undefined where nothing changed. */
  #change(): Change<T> | undefined {
    const before = this.#last;
    const newest = this.#newest.get();
    if (newest === before) return undefined;
    const lease = this.#lease;
    this.#last = newest;
    this.#lease = new Lease(newest.segment);
    try {
      const changed = hasChanged(before, newest, this.#tokens);
      return changed ? new Change(this.#source, before, newest, this.#tokens) : undefined;
    } finally {
      lease.end();
    }
  }

  async #news(): Promise<void> {
    const news = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const unsubscribe = this.#announcements.subscribe(this.#wake);
    try {
      this.#signal?.addEventListener('abort', this.#wake);
      await news;
      this.#signal?.removeEventListener('abort', this.#wake);
    } finally {
      unsubscribe();
    }
  }
}

const END = { done: true, value: undefined } as const;

function hasChanged(from: Version, to: Version, tokens: readonly string[]): boolean {
  const [before, after] = [from.valueRef(tokens), to.valueRef(tokens)];
  if (before === undefined || after === undefined) return before !== after;
  if (sameSlot(before.reader, before.lo, before.hi, after.reader, after.lo, after.hi)) return false;
  return tokens.length === 0 || patchBetween(from, to, tokens).length > 0;
}
