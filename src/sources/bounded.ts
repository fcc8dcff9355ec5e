/** Tasks in a thread of their own, with a limit on time and memory. */
import { Worker } from 'node:worker_threads';
import { errnoOf } from '../errors.js';
import { Limiter } from './limiter.js';
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

/** Each thread may take the memory of the limit. */
const THREADS_MAX = 4;

const limiter = new Limiter(THREADS_MAX);
/** Threads that have done a task, for the tasks that wait. */
const idle: { readonly worker: Worker; readonly memoryMb: number }[] = [];

/**
 * Does a task in a thread, which costs 0.1 s of processor time or less to start; tasks that wait take over the thread of one that is done.
 * At most four go on at a time, and the limit of time counts from when the task begins. The thread is ended at the limit.
 * @throws `SourceFault` when a limit is reached, or the thread fails
 */
export function answerWithin(task: Task, { timeoutMs = TIMEOUT_MS, memoryMb = MEMORY_MB }: Limits): Promise<Answer> {
  return limiter.run(async () => {
    const found = idle.findIndex((thread) => thread.memoryMb === memoryMb);
    const worker = found === -1 ? startWorker(memoryMb) : idle.splice(found, 1)[0].worker;
    let isDone = false;
    try {
      const answer = await answerOf(worker, task, timeoutMs, memoryMb);
      isDone = true;
      return answer;
    } finally {
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      if (isDone && limiter.isAwaited) idle.push({ worker, memoryMb });
      else void worker.terminate();
      if (!limiter.isAwaited) for (const thread of idle.splice(0)) void thread.worker.terminate();
    }
  });
}

async function answerOf(worker: Worker, task: Task, timeoutMs: number, memoryMb: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      timer = setTimeout(() => reject(tooSlow('parsing it', timeoutMs)), timeoutMs);
      worker.once('message', resolve);
      worker.once('error', (error) => reject(isOutOfMemory(error) ? tooHungry(memoryMb) : failed(error)));
      worker.once('exit', (code) => reject(failed(new Error(`the thread ended with ${code}`))));
      worker.postMessage(task);
    });
  } finally {
    clearTimeout(timer);
  }
}

function startWorker(memoryMb: number): Worker {
  try {
    const resourceLimits = { maxOldGenerationSizeMb: memoryMb };
    return new Worker(new URL('./parse-worker.js', import.meta.url), { resourceLimits, execArgv: [] });
  } catch (error) {
    if (errnoOf(error) !== 'ERR_ACCESS_DENIED') throw failed(error as Error);
    throw new SourceFault('it is parsed in a thread, which this process may not start: allow it with --allow-worker');
  }
}

/** A parser that fails in a way of its own is no reason to end a master. */
function failed({ message }: Error): SourceFault {
  return new SourceFault(`its parser failed, please report it: ${message}`);
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
