/** Changes as an async iterable that conflates: who is slow sees fewer steps, never a queue. */
import { sameSlot } from '../format/same.js';
import { Change } from './change.js';
import type { Snapshot } from './snapshot.js';

/** How the iteration learns of news. @internal */
export interface ChangesSource<T> {
  newest(): Snapshot<T>;
  /** Calls `wake` at each new version, and at the end, until the returned function is called. */
  subscribe(wake: () => void): () => void;
  ended(): boolean;
}

/** Yields a change for each new version in which what stands at `tokens` changed, from now on. Ends with the follower, or with `signal`. */
export async function* changes<T>(
  source: ChangesSource<T>,
  tokens: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Change<T>, void, void> {
  signal?.throwIfAborted();
  let wake = (): void => {};
  const unsubscribe = source.subscribe(() => wake());
  const aborted = (): void => wake();
  signal?.addEventListener('abort', aborted);
  try {
    let last = source.newest();
    for (;;) {
      const news = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (source.ended()) return;
      const snapshot = source.newest();
      if (snapshot !== last) {
        const before = last;
        last = snapshot;
        if (hasChanged(before, snapshot, tokens)) yield new Change(before, snapshot, tokens);
        signal?.throwIfAborted();
        continue;
      }
      await news;
      signal?.throwIfAborted();
    }
  } finally {
    unsubscribe();
    signal?.removeEventListener('abort', aborted);
  }
}

function hasChanged(from: Snapshot, to: Snapshot, tokens: readonly string[]): boolean {
  const [before, after] = [from.place(tokens), to.place(tokens)];
  if (before === undefined || after === undefined) return before !== after;
  if (sameSlot(before.reader, before.lo, before.hi, after.reader, after.lo, after.hi)) return false;
  return tokens.length === 0 || new Change(from, to, tokens).patch.length > 0;
}
