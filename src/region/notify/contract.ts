/**
 * How a process that waits for a newer version is woken. Every implementation keeps the same promises, which `conformance.test.ts` holds:
 *
 * - After a notification `wake` is called, unless the source was closed or has failed: once, however many notifications there were
 *   since. It may also be called for nothing.
 * - The event loop goes on turning, however fast notifications come: timers, sockets and promises of the program run in between.
 * - It keeps the process alive only while `referenced` is true, which it is not from the start.
 * - `wake` may close the source. After `close` nothing is called any more.
 */
export interface WakeSource {
  readonly mode: WakeMode;
  /** Whether it keeps the process alive. */
  referenced: boolean;
  /** Ends it. Idempotent. */
  close(): void;
}

/**
 * `futex`: the kernel wakes a thread of ours when the master changes the wake word. `watch`: the kernel tells us when the file is touched. `poll`: a timer
 * wakes us ten times a second.
 */
export type WakeMode = 'futex' | 'watch' | 'poll';

/** The control file whose notifications wake us. */
export interface NotifyingFile {
  readonly path: string;
  /** The open file, which may be closed once a source has begun. */
  readonly fd: number;
}

/** What a wake source works for. */
export interface Waiter {
  /** Looks for a newer version. */
  wake(): void;
  /** The source has failed and is closed: another kind has to replace it. */
  failed(error: unknown): void;
}

/** Begins to wake `waiter` for a file. It does not throw: what fails is told to the waiter, at once or later. */
export type OpenWakeSource = (file: NotifyingFile, waiter: Waiter) => WakeSource;
