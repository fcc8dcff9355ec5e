/** Queries in a thread of their own, with a limit on time and memory: an expression can take forever, or find more than any memory holds. */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { CommandError } from '../../command-error.js';
import { errnoOf, JsonMmapError } from '../../errors.js';
import type { Request } from './found.js';
import type { Answer } from './query-worker.js';

export interface QueryLimits {
  /** How long the thread may work; the time of the reader does not count. 60 seconds by default. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 60_000;
const MEMORY_MB = 1024;

/** Yields what a query finds, piece by piece. The thread works on the next piece when it is asked for. @throws `ERR_QUERY`, and what opening a region throws */
export async function* foundBy(request: Request, { timeoutMs = TIMEOUT_MS }: QueryLimits): AsyncGenerator<string> {
  const thread = new QueryThread(request, timeoutMs);
  try {
    for (let text = await thread.next(); text !== undefined; text = await thread.next()) yield text;
  } finally {
    await thread.end();
  }
}

class QueryThread {
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  #leftMs: number;

  constructor(request: Request, timeoutMs: number) {
    this.#worker = new Worker(new URL('./query-worker.js', import.meta.url), {
      workerData: request,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
      execArgv: [],
    });
    this.#timeoutMs = timeoutMs;
    this.#leftMs = timeoutMs;
  }

  /** Returns the next piece; undefined at the end. */
  async next(): Promise<string | undefined> {
    const startedAt = performance.now();
    const { text, fault } = await this.#answer();
    this.#leftMs -= performance.now() - startedAt;
    if (fault === undefined) return text;
    const { code, summary, cure, told } = fault;
    throw new (told ? CommandError : JsonMmapError)(code, summary, { cure });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Answers come in the order of the questions, and the next question waits for its answer. */
  async #answer(): Promise<Answer> {
    const ended = new AbortController();
    const { signal } = ended;
    try {
      const answer = once(this.#worker, 'message', { signal }); // rejects with what ends the thread
      const late = setTimeout(Math.max(0, this.#leftMs), undefined, { signal }).then(() => {
        throw tooSlow(this.#timeoutMs);
      });
      this.#worker.postMessage('next');
      return (await Promise.race([answer, late]))[0] as Answer;
    } catch (error) {
      throw isOutOfMemory(error) ? tooHungry() : error;
    } finally {
      ended.abort();
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return errnoOf(error) === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooSlow(timeoutMs: number): CommandError {
  return new CommandError('ERR_QUERY', `the query took longer than ${timeoutMs / 1000} s`, {
    cure: 'name more of the path, look at the patterns in it, or allow more with --query-timeout <time>',
  });
}

function tooHungry(): CommandError {
  return new CommandError('ERR_QUERY', `the query took more than ${MEMORY_MB} MiB of memory`, {
    cure: 'name more of the path: within a filter, .. lists all its results for each value that the filter checks',
  });
}
