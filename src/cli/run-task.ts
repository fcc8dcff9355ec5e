/** Asking the `jsonmmap run` that keeps a region for something. */
import { type Command, Option } from 'commander';
import { CommandError } from '../command-error.js';
import { type ErrorCode, JsonMmapError } from '../errors.js';
import { RegionReader } from '../region/reader.js';
import { isTaskResult, type TaskResult } from '../run/task-result.js';
import { commandOf } from '../system/proc.js';
import { requestTask } from '../write-requests/client.js';
import type { Task } from '../write-requests/protocol.js';
import { dirOption, type JsonOption, jsonOption, millisecondsAboveZero } from './command.js';
import { cut } from './output/table.js';
import { inDirectory } from './region.js';
import { inDir, ourCommand } from './shell.js';

export interface TaskOptions extends JsonOption {
  readonly dir?: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly wait: boolean;
}

export const TIMEOUT_MS = 60_000;
const COMMAND_LENGTH = 60;

/** What signals ask a run for. */
const SIGNALS: Readonly<Partial<Record<Task['verb'], string>>> = { reload: 'HUP', restart: 'USR2' };

/** Adds the options of a verb that asks a run. */
export function asksRun(command: Command): Command {
  return command
    .addOption(
      new Option('--timeout <time>', 'wait this long until it is done')
        .argParser(millisecondsAboveZero)
        .default(TIMEOUT_MS, `${TIMEOUT_MS / 1000}s`),
    )
    .option('--no-wait', 'end when the run has started the work')
    .addOption(dirOption())
    .addOption(jsonOption());
}

/**
 * Asks the run that keeps region `name` to do a task, and returns the outcome. No process is signalled: the listener on the socket of the region is its master.
 * @throws `ERR_NO_RUN` where no run keeps the region, or it takes no requests; `ERR_UNANSWERED` where it is not done in time; why the run has not done it
 */
export async function askRun(
  name: string,
  { verb, path }: Omit<Task, 'wait'>,
  options: Omit<TaskOptions, 'json'>,
): Promise<TaskResult> {
  const { dir, timeout, wait } = options;
  const answer = await asked(name, verb, options, () =>
    requestTask(
      name,
      { dir, timeoutMs: timeout, as: `jsonmmap ${verb === 'origins' ? 'get' : verb}` },
      { verb, wait, path },
    ),
  );
  if (answer === undefined) throw inDirectory(options, () => nobody(name, verb, dir));
  if (!isTaskResult(answer)) {
    throw new CommandError('ERR_REQUEST', `the run of ${name} says nothing that this version understands`, {
      cure: 'use the same version of jsonmmap in both',
    });
  }
  const { error } = answer;
  if (error !== undefined) throw new CommandError(error.code as ErrorCode, error.message, { cure: error.cure });
  return answer;
}

async function asked<R>(
  name: string,
  verb: Task['verb'],
  { dir, timeout }: TaskOptions,
  ask: () => Promise<R>,
): Promise<R> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof JsonMmapError)) throw error;
    const { pid } = error as { pid?: number };
    if (error.code === 'ERR_UNSUPPORTED') throw otherMaster(name, dir, error);
    if (error.code !== 'ERR_UNANSWERED') throw error;
    const who = pid === undefined ? '' : `, process ${pid},`;
    throw new CommandError(
      error.code,
      `the run of ${name}${who} has not finished the ${verb} within ${timeout} ms; it may still finish it`,
      {
        cause: error,
        cure: `see its log, and ${ourCommand('stat', name, ...inDir(dir))}; allow more time with --timeout <time>`,
      },
    );
  }
}

/** @throws `ERR_REGION_NOT_FOUND` */
function nobody(name: string, verb: Task['verb'], dir: string | undefined): CommandError {
  const { masterAlive, masterPid, masterElsewhere } = statusOf(name, dir);
  if (masterAlive !== true || masterPid === undefined) {
    return new CommandError('ERR_NO_RUN', `the region ${name} has no master: no jsonmmap run keeps it`, {
      cure: `start one: ${ourCommand('run')} <file> --name ${name}`,
    });
  }
  const signalName = SIGNALS[verb];
  const signal =
    masterElsewhere || signalName === undefined ? '' : `, or if it is jsonmmap run: kill -${signalName} ${masterPid}`;
  return new CommandError(
    'ERR_NO_RUN',
    `the region ${name} has a master that takes no requests: ${told(masterPid, masterElsewhere)}`,
    { cure: `start jsonmmap run without --no-control${signal}` },
  );
}

function otherMaster(name: string, dir: string | undefined, cause: JsonMmapError): CommandError {
  const { masterPid, masterElsewhere } = statusOf(name, dir);
  const who = masterPid === undefined ? 'another program' : told(masterPid, masterElsewhere);
  return new CommandError('ERR_NO_RUN', `the master of ${name} is not jsonmmap run: ${who}`, {
    cause,
    cure: 'ask that program',
  });
}

function told(pid: number, elsewhere: boolean): string {
  const command = elsewhere ? undefined : commandOf(pid);
  return `process ${pid}${command === undefined ? '' : `, ${cut(command, COMMAND_LENGTH)}`}`;
}

function statusOf(name: string, dir: string | undefined): ReturnType<RegionReader['status']> {
  const reader = RegionReader.open(name, { dir });
  try {
    return reader.status();
  } finally {
    reader.close();
  }
}
