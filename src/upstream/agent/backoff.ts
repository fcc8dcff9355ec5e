/** How long to wait before the next attempt: anywhere up to a bound that doubles, so that hosts that failed together do not come back together. */

const FIRST_MS = 250;

/** Full jitter; https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
export function backoffMs(attempt: number, maxMs: number, random: () => number = Math.random): number {
  return random() * Math.min(maxMs, FIRST_MS * 2 ** Math.min(attempt, 30));
}

/** Resolves after `ms`, or when `signal` aborts. Keeps no process alive. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
