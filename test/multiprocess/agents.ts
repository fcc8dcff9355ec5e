/** Real masters and followers in processes of their own, which do as they are told. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEachTest } from '../cleanup.js';
import { KINDS, type Kind } from '../unit/region/kit.js';

/** Something that a follower has told. */
export interface Told {
  readonly event: string;
  readonly version?: number;
  readonly alive?: boolean;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { code: string; message: string; pid?: number };
}

export interface Agent {
  readonly pid: number;
  /** What it has told so far. */
  readonly told: Told[];
  /** Calls a method of its master or follower; rejects with the code that it throws. */
  call(name: string, ...parameters: unknown[]): Promise<unknown>;
  /** Sends a signal, and for SIGKILL returns when it is dead. */
  kill(signal?: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Resolves to the signal that ended it, null where it ended by itself. */
  ended(): Promise<NodeJS.Signals | null>;
}

const PROGRAMS = join(import.meta.dirname, '..', 'programs');
const running = new Set<ChildProcess>();

/** Starts a process with a master that is not open yet. */
export function startMaster(kind: Kind = KINDS[0]): Agent {
  return startAgent('master-agent.mjs', kind);
}

/** Starts a process with a follower that is not open yet. */
export function startFollower(kind: Kind = KINDS[0]): Agent {
  return startAgent('follower-agent.mjs', kind);
}

function startAgent(program: string, kind: Kind): Agent {
  const child = fork(join(PROGRAMS, program), { env: { ...process.env, JSONMMAP_SYSTEM: kind }, execArgv: [] });
  running.add(child);
  const exited = once(child, 'exit').then(([, signal]) => {
    running.delete(child);
    return signal as NodeJS.Signals | null;
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  const told: Told[] = [];
  child.on('message', (message: Answer | Told) => {
    if ('event' in message) told.push(message);
    else waiting.get(message.id)?.(message);
  });
  let calls = 0;
  return {
    pid: child.pid as number,
    told,
    async call(name, ...parameters) {
      const id = calls++;
      const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
      child.send({ id, call: name, arguments: parameters });
      const { result, error } = await answer;
      waiting.delete(id);
      if (error !== undefined) throw Object.assign(new Error(error.message), error);
      return result;
    },
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      if (signal === 'SIGKILL') await exited;
    },
    ended: () => exited,
  };
}

/** Those that are left end in good order, closing what they have open. */
afterEachTest(async () => {
  const ends = [...running].map((child) => once(child, 'exit'));
  for (const child of running) {
    child.kill('SIGCONT');
    if (child.connected) child.disconnect();
  }
  await Promise.all(ends);
});
