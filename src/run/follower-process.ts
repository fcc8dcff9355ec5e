/** One follower: a process that was started by us, or adopted from a run that died, and all that it has started itself. */
import { type StdioOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandError } from '../command-error.js';
import { errnoOf } from '../errors.js';
import { isAlive, type ProcessId, processId } from '../system/process.js';
import type { FollowerOutput } from './output.js';
import { groupRuns, HAS_GROUPS, signalGroup } from './process-group.js';

/** How a process ended; neither is known of an adopted one. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const ADOPTED_POLL_MS = 200;
const ENDING_POLL_MS = 20;
/** SIGKILL takes no time, unless the process hangs in the kernel or belongs to another user. */
const KILLED_WITHIN_MS = 2000;

export class FollowerProcess implements ProcessId {
  readonly pid: number;
  readonly startTime: number;
  /** Resolves when the process itself has ended, or could not be killed; what it has started may still run. */
  readonly exited: Promise<Exit>;
  readonly #signalLeader: (signal: NodeJS.Signals) => void;
  readonly #hasGroup: boolean;
  #hasExited = false;
  #giveUp: (() => void) | undefined;
  #ended: Promise<boolean> | undefined;

  /** @param hasGroup Whether the process has founded a group, so that signals reach what it has started, too. */
  constructor(
    { pid, startTime }: ProcessId,
    exited: Promise<Exit>,
    signalLeader: (signal: NodeJS.Signals) => void,
    hasGroup = HAS_GROUPS,
  ) {
    this.pid = pid;
    this.startTime = startTime;
    this.#signalLeader = signalLeader;
    this.#hasGroup = hasGroup;
    this.exited = new Promise((resolve) => {
      void exited.then((exit) => {
        this.#hasExited = true;
        resolve(exit);
      });
      this.#giveUp = () => resolve({ code: null, signal: null });
    });
  }

  /** Sends a signal to the process and all that it has started. */
  signal(signal: NodeJS.Signals): void {
    if (this.#hasGroup) signalGroup(this, signal);
    else if (!this.#hasExited) this.#signalLeader(signal);
  }

  /**
   * Asks the process and all that it has started to end, and kills what is left after `graceMs`. Resolves when nothing is left; with false where
   * something could not be killed, a process of another user for instance. A stopped process is continued first, so that it receives the signal.
   */
  end(graceMs: number): Promise<boolean> {
    this.#ended ??= this.#end(graceMs);
    return this.#ended;
  }

  async #end(graceMs: number): Promise<boolean> {
    if (!this.#runs()) return true;
    this.signal('SIGTERM');
    this.signal('SIGCONT');
    if (await this.#isOverWithin(graceMs)) return true;
    this.signal('SIGKILL');
    if (await this.#isOverWithin(KILLED_WITHIN_MS)) return true;
    this.#giveUp?.();
    return false;
  }

  async #isOverWithin(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (this.#runs()) {
      if (performance.now() >= deadline) return false;
      await delay(ENDING_POLL_MS);
    }
    return true;
  }

  #runs(): boolean {
    return !this.#hasExited || (this.#hasGroup && groupRuns(this));
  }
}

/** Starts `command` in a session of its own. @throws `ERR_COMMAND` when there is no such program, or it may not be run */
export async function startFollower(
  command: Command,
  worker: number,
  output: FollowerOutput,
): Promise<FollowerProcess> {
  const env = { ...command.env, JSONMMAP_WORKER: String(worker) };
  return startProcess({ ...command, env }, output.stdio(worker));
}

/** The same for any program; it stays in our session and group unless `detached`. */
export async function startProcess(command: Command, stdio: StdioOptions, detached = true): Promise<FollowerProcess> {
  try {
    return await started(command, stdio, detached && HAS_GROUPS);
  } catch (error) {
    throw commandError(command.file, error);
  }
}

/**
 * `detached` founds a session and a group: then signals reach what the follower starts too, and those of the terminal reach us alone. `spawn` throws
 * some errors (E2BIG, EMFILE) and emits others.
 */
async function started({ file, args, env }: Command, stdio: StdioOptions, detached: boolean): Promise<FollowerProcess> {
  const child = spawn(file, args, { env, stdio, detached });
  const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // The process has exited: there is nothing left to signal.
  child.on('error', () => {});
  return new FollowerProcess(processId(child.pid as number), exited, (signal) => child.kill(signal), detached);
}

/** Adopts a process that another run started; undefined if it and all its descendants are gone. */
export function adoptFollower(id: ProcessId): FollowerProcess | undefined {
  if (!isAlive(id) && !groupRuns(id)) return undefined;
  const exited = new Promise<Exit>((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(id)) return;
      clearInterval(timer);
      resolve({ code: null, signal: null });
    }, ADOPTED_POLL_MS);
  });
  return new FollowerProcess(id, exited, () => {});
}

function commandError(file: string, error: unknown): CommandError {
  const [reason, cure] = refusalOf(file, errnoOf(error) ?? '');
  return new CommandError('ERR_COMMAND', `${file} could not be started: ${reason}`, { cause: error, cure });
}

/** Why the system does not start a program, and what to do. */
function refusalOf(file: string, errno: string): [reason: string, cure: string] {
  if (errno === 'E2BIG') {
    return [
      'its arguments and environment variables are longer than the system takes',
      'pass less: on Linux 128 KiB in one of them, and usually 2 MiB in all',
    ];
  }
  if (errno !== 'ENOENT') return [errno, 'check that it is a program, and that you may run it'];
  return file.includes('/') && existsSync(file)
    ? ['the program that runs it is missing', 'check its first line']
    : ['there is no such program', 'check its name and PATH'];
}
