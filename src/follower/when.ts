/** Waiting for a region to have a document. */
import { setTimeout as delay } from 'node:timers/promises';
import { JsonMmapError } from '../errors.js';
import type { WhenOptions } from './options.js';

/** The first looks come quickly, for a master that starts at this moment; the later ones cost nothing that could be measured. */
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;

/** Returns what `open` returns, as soon as it does not say that the region is not there. @throws `ERR_TIMEOUT`, the reason of `signal` */
export async function when<F>(
  name: string,
  options: Pick<WhenOptions, 'timeoutMs' | 'signal'>,
  open: () => F,
): Promise<F> {
  const { timeoutMs = Number.POSITIVE_INFINITY, signal } = options;
  const deadline = performance.now() + timeoutMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    signal?.throwIfAborted();
    const opened = openIfThere(open);
    if (opened !== undefined) return opened;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0)
      throw new JsonMmapError('ERR_TIMEOUT', `the region ${name} had no document after ${timeoutMs} ms`, {
        cure: `is its master running?`,
      });
    await pause(Math.min(waitMs, leftMs), signal);
  }
}

/** Rejects with the signal's reason, where a timer would with an error of its own. */
async function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(durationMs, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function openIfThere<F>(open: () => F): F | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_REGION_NOT_FOUND') return undefined;
    throw error;
  }
}
