/**
 * How a process that waits for a newer version is woken. Every implementation keeps the same promises, which `conformance.test.ts` holds:
 *
 * - After the file at the path was touched, `wake` is called, unless the source was closed or has failed: once, however often the file was touched
 *   since. It may also be called for nothing.
 * - The event loop goes on turning, however fast the file is touched: timers, sockets and promises of the program run in between.
 * - It keeps the process alive only while `referenced` is true, which it is not from the start.
 * - `wake` may close the source. After `close` nothing is called any more.
 */
export interface WakeSource {
  /** `watch`: the kernel wakes us when the file is touched. `poll`: a timer wakes us ten times a second. */
  readonly mode: 'watch' | 'poll';
  /** Whether it keeps the process alive. */
  referenced: boolean;
  /** Ends it. Idempotent. */
  close(): void;
}

/** What a wake source works for. */
export interface Waiter {
  /** Looks for a newer version. */
  wake(): void;
  /** The source has failed and is closed: another kind has to take its place. */
  failed(error: unknown): void;
}

/** Begins to wake `waiter` for the file at `path`. It does not throw: what fails is told to the waiter, at once or later. */
export type OpenWakeSource = (path: string, waiter: Waiter) => WakeSource;
