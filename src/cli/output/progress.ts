/** What a long task is doing, for a person at a terminal. A worker thread draws it, because the task blocks this one. */
import { Worker } from 'node:worker_threads';
import type { Io } from '../io.js';
import type { ProgressNews } from './progress-worker.js';

/** Less than this is done before a second has gone, and costs no thread. */
const WORTH_SHOWING_BYTES = 8 * 1024 * 1024;
const ERASE_LINE = '\r\u001b[K';

export class Progress {
  readonly #io: Io;
  #worker: Worker | undefined;
  #toldFraction = 0;

  /** Begins to show what is done with `sizeBytes` of input, from one second on, if standard error is a terminal. */
  constructor(io: Io, sizeBytes: number) {
    this.#io = io;
    if (!io.err.isTTY || sizeBytes < WORTH_SHOWING_BYTES) return;
    this.#worker = new Worker(new URL('./progress-worker.js', import.meta.url), {
      workerData: { columns: io.err.columns, fd: io.err.fd },
    });
  }

  /** Says what is done from now on, such as "parsing cities.json". */
  doing(doing: string): void {
    this.#toldFraction = 0;
    this.#tell({ doing });
  }

  /** Says how much of it is done; cheap enough for an inner loop. */
  fraction(fraction: number): void {
    if (fraction < this.#toldFraction + 0.005) return;
    this.#toldFraction = fraction;
    this.#tell({ fraction });
  }

  /** Takes it off the screen. Idempotent. */
  async stop(): Promise<void> {
    if (this.#worker === undefined) return;
    await this.#worker.terminate();
    this.#worker = undefined;
    this.#io.err.write(ERASE_LINE);
  }

  #tell(news: ProgressNews): void {
    this.#worker?.postMessage(news);
  }
}

/** Runs `task` with a progress that is off the screen when it ends. */
export async function withProgress<R>(
  io: Io,
  sizeBytes: number,
  task: (progress: Progress) => R | Promise<R>,
): Promise<R> {
  const progress = new Progress(io, sizeBytes);
  try {
    return await task(progress);
  } finally {
    await progress.stop();
  }
}
