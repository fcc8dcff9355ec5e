/** Tasks in a thread of their own, with a limit on time and memory. */
import { Worker } from 'node:worker_threads';
import { errnoOf } from '../errors.js';
import { SourceFault } from './position.js';
import type { Answer, Task } from './work.js';

export interface Limits {
  /** How long reading one source may take; 60 seconds by default. */
  readonly timeoutMs?: number | undefined;
  /** How much memory parsing it may take, beside the text itself; 1 GiB by default. */
  readonly memoryMb?: number | undefined;
}

export const TIMEOUT_MS = 60_000;
export const MEMORY_MB = 1024;

/** Does a task in a thread, which costs some 50 ms. The thread is ended at the limit of time. @throws `SourceFault` when a limit is reached */
export async function answerWithin(
  task: Task,
  { timeoutMs = TIMEOUT_MS, memoryMb = MEMORY_MB }: Limits,
): Promise<Answer> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    execArgv: [],
  });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => reject(tooSlow('parsing it', timeoutMs)), timeoutMs);
      const settle = (end: () => void) => {
        clearTimeout(timer);
        end();
      };
      worker.once('message', (message: Answer) => settle(() => resolve(message)));
      worker.once('error', (error) => settle(() => reject(isOutOfMemory(error) ? tooHungry(memoryMb) : error)));
      worker.once('exit', (code) => settle(() => reject(new Error(`the thread that parses ended by itself: ${code}`))));
      worker.postMessage(task);
    });
  } finally {
    void worker.terminate();
  }
}

/** The fault of a source that takes too long; `doing` says with what. */
export function tooSlow(doing: string, timeoutMs: number): SourceFault {
  return new SourceFault(
    `${doing} took longer than ${timeoutMs / 1000} s: make it smaller, or allow more with --parse-timeout`,
  );
}

function isOutOfMemory(error: unknown): boolean {
  return errnoOf(error) === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooHungry(memoryMb: number): SourceFault {
  return new SourceFault(
    `parsing it took more than ${memoryMb} MiB of memory: make it smaller, write it as JSON, or allow more with --parse-memory`,
  );
}
