/** One follower as a process: started by us, or adopted from a supervisor that died. */
import { spawn } from 'node:child_process';
import { CommandError } from '../command-error.js';
import { errnoOf, type JsonMmapError } from '../errors.js';
import { isAlive, type ProcessId, processId } from '../region/process.js';
import type { FollowerOutput } from './output.js';

/** How a process ended; neither is known of an adopted one. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface FollowerProcess extends ProcessId {
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Starts `command`. @throws `ERR_COMMAND` when there is no such program, or it may not be run */
export async function startFollower(
  command: Command,
  worker: number,
  output: FollowerOutput,
): Promise<FollowerProcess> {
  const child = spawn(command.file, command.args, {
    env: { ...command.env, JSONMMAP_WORKER: String(worker) },
    stdio: output.stdio(worker),
  });
  const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(commandError(command.file, error)));
  });
  // A signal that comes too late concerns nobody any more.
  child.on('error', () => {});
  return { ...processId(child.pid as number), exited, kill: (signal) => void child.kill(signal) };
}

const ADOPTED_POLL_MS = 200;

/** Looks after a process that somebody else started; undefined when it is gone. */
export function adoptFollower(id: ProcessId): FollowerProcess | undefined {
  if (!isAlive(id)) return undefined;
  const exited = new Promise<Exit>((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(id)) return;
      clearInterval(timer);
      resolve({ code: null, signal: null });
    }, ADOPTED_POLL_MS);
  });
  return { ...id, exited, kill: (signal) => killIfThere(id, signal) };
}

function killIfThere(id: ProcessId, signal: NodeJS.Signals): void {
  if (!isAlive(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

function commandError(file: string, error: unknown): JsonMmapError {
  const reason =
    errnoOf(error) === 'ENOENT'
      ? 'there is no such program: check its name and PATH'
      : `${errnoOf(error)}: may it be run?`;
  return new CommandError('ERR_COMMAND', `${file} could not be started: ${reason}`, {
    cause: error,
    missing: errnoOf(error) === 'ENOENT',
  });
}
