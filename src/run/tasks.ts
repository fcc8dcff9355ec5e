/**
 * What other processes ask a run for over the control socket of its region: to read its files again, to replace its followers, to say where
 * values come from.
 */
import { JsonMmapError } from '../errors.js';
import type { Layer } from '../sources/files.js';
import type { Requester, Task } from '../write-requests/protocol.js';
import { Conflated } from './conflated.js';
import type { RunLog } from './log.js';
import type { Origin } from './origins.js';
import type { Replacement } from './supervisor.js';
import type { TaskResult } from './task-result.js';

/** Does a task; what it has come to is the answer. Never rejects. */
export type DoTask = (task: Task, by: Requester) => Promise<TaskResult>;

export interface TasksOptions {
  readonly name: string;
  readonly log: RunLog;
  /** Whether there is anything to read again. */
  readonly hasFiles: boolean;
  /** Reads the files, with a read that begins after the call; resolves with the error that kept them from being published. */
  readonly load: () => Promise<unknown>;
  /** Replaces the followers; undefined where there are none. */
  readonly restart: () => Promise<readonly Replacement[]> | undefined;
  /** Reads the files, and publishes nothing. */
  readonly layers: () => Promise<readonly Layer[]>;
  /** Says from which of these layers the values at a path of the newest version come. */
  readonly origins: (path: string, layers: readonly Layer[]) => readonly Origin[];
  readonly version: () => number;
  readonly isEnding: () => boolean;
}

export class Tasks {
  readonly #options: TasksOptions;
  /** Requests that come at once share a read: many that each read a large document would take all memory. */
  readonly #layers: Conflated<readonly Layer[]>;

  constructor(options: TasksOptions) {
    this.#options = options;
    this.#layers = new Conflated(options.layers);
  }

  /** Resolves when the task is done or has failed; with nothing, once it has begun, for one that does not wait. It is in the log at its end in both cases. */
  async do(task: Task, by: Requester): Promise<TaskResult> {
    const refusal = this.#refusal(task);
    if (refusal !== undefined) return this.#told(task, by, failed(refusal));
    const done = this.#done(task)
      .catch(failed)
      .then((result) => this.#told(task, by, result));
    return task.wait ? done : {};
  }

  /** What is wrong with the task itself. */
  #refusal({ verb }: Task): JsonMmapError | undefined {
    const { name, hasFiles, isEnding } = this.#options;
    if (isEnding()) return ending(name);
    if (verb !== 'reload' || hasFiles) return undefined;
    return new JsonMmapError('ERR_INVALID_ARG', `the run of ${name} has no files to read again`, {
      cure: 'its document comes from an upstream, whose changes it follows anyway',
    });
  }

  async #done({ verb, path = '' }: Task): Promise<TaskResult> {
    const { version, load, origins } = this.#options;
    const previousVersion = version();
    if (verb === 'restart') return this.#restart();
    if (verb === 'origins') {
      const found = origins(path, await this.#layers.request());
      return { version: version(), origins: found };
    }
    const error = await load();
    return error === undefined ? { version: version(), previousVersion } : failed(error);
  }

  async #restart(): Promise<TaskResult> {
    const { name, restart, version, isEnding } = this.#options;
    const followers = await restart();
    if (isEnding()) return failed(ending(name));
    if (followers !== undefined && followers.length > 0) return { version: version(), followers };
    return failed(
      new JsonMmapError('ERR_INVALID_ARG', `the run of ${name} has no followers to restart`, {
        cure: 'it only publishes, or all of them have ended',
      }),
    );
  }

  #told({ verb }: Task, by: Requester, result: TaskResult): TaskResult {
    const { version, error } = result;
    const outcome = error === undefined ? 'done' : `failed: ${error.message}`;
    const details = { event: 'request', verb, by, version, error };
    this.#options.log.request(`${verb} by pid ${by.pid} (${by.name}): ${outcome}`, details);
    return result;
  }
}

function failed(error: unknown): TaskResult {
  if (!(error instanceof JsonMmapError)) return { error: { code: 'ERR_SYSTEM', message: String(error) } };
  const { code, summary: message, cure } = error;
  return { error: { code, message, cure } };
}

function ending(name: string): JsonMmapError {
  return new JsonMmapError('ERR_CLOSED', `the run of ${name} is ending`);
}
