/** Changes as an async iterator that conflates: who is slow sees fewer steps, never a queue. */
import { sameSlot } from '../format/compare/same.js';
import { Change } from './change.js';
import type { Snapshot } from './snapshot.js';

/** How the iteration learns of news. @internal */
export interface ChangesSource<T> {
  newest(): Snapshot<T>;
  /** Calls `wake` at each new version, and at the end, until the returned function is called. */
  subscribe(wake: () => void): () => void;
  ended(): boolean;
}

/** What a follower's `changes` may be asked for. @internal */
export interface ChangesRequest {
  readonly tokens: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Yields a change for each new version in which what stands at a path changed, since it was made. Ends with its follower, by `return`, or with the
 * reason of a signal. Holds nothing of the follower but while somebody waits.
 */
export class Changes<T> implements AsyncIterableIterator<Change<T>, undefined> {
  readonly #source: ChangesSource<T>;
  readonly #tokens: readonly string[];
  readonly #signal: AbortSignal | undefined;
  #last: Snapshot<T>;
  /** Ends when the calls of `next` so far are answered: each gets a step of its own. */
  #turn: Promise<unknown> = Promise.resolve();
  #wake = (): void => {};
  #done = false;

  constructor(source: ChangesSource<T>, { tokens, signal }: ChangesRequest) {
    signal?.throwIfAborted();
    this.#source = source;
    this.#tokens = tokens;
    this.#signal = signal;
    this.#last = source.newest();
  }

  next(): Promise<IteratorResult<Change<T>, undefined>> {
    const step = this.#turn.then(() => this.#step());
    this.#turn = step.catch(() => {}); // who called `next` gets the error, the next one his own answer
    return step;
  }

  /** Ends the iteration, also for those who wait. */
  async return(): Promise<IteratorResult<Change<T>, undefined>> {
    this.#done = true;
    this.#wake();
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #step(): Promise<IteratorResult<Change<T>, undefined>> {
    try {
      for (;;) {
        if (this.#done || this.#source.ended()) break;
        this.#signal?.throwIfAborted();
        const change = this.#change();
        if (change !== undefined) return { done: false, value: change };
        await this.#news();
      }
    } catch (error) {
      this.#done = true;
      throw error;
    }
    this.#done = true;
    return END;
  }

  /** The step to the newest version; undefined where nothing changed. */
  #change(): Change<T> | undefined {
    const before = this.#last;
    const newest = this.#source.newest();
    if (newest === before) return undefined;
    this.#last = newest;
    return hasChanged(before, newest, this.#tokens) ? new Change(before, newest, this.#tokens) : undefined;
  }

  async #news(): Promise<void> {
    const news = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const unsubscribe = this.#source.subscribe(this.#wake);
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

function hasChanged(from: Snapshot, to: Snapshot, tokens: readonly string[]): boolean {
  const [before, after] = [from.place(tokens), to.place(tokens)];
  if (before === undefined || after === undefined) return before !== after;
  if (sameSlot(before.reader, before.lo, before.hi, after.reader, after.lo, after.hi)) return false;
  return tokens.length === 0 || new Change(from, to, tokens).patch.length > 0;
}
