/** Real processes for the tests of regions: masters that are killed, followers that say what they have seen. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEachTest } from '../../cleanup.js';
import type { Kind } from './kit.js';

export interface Child {
  readonly pid: number;
  /** Resolves to the next line that the child says; undefined when it says no more. */
  line(): Promise<string | undefined>;
  /** Ends its standard input, and returns all that it still says. */
  finish(): Promise<string[]>;
  /** Kills it, and returns when it is dead. */
  kill(): Promise<void>;
}

const PROGRAMS = join(import.meta.dirname, '..', '..', 'programs');
const running = new Set<ChildProcess>();

export function start(kind: Kind, program: string, ...args: (string | number)[]): Child {
  return track(kind, process.execPath, [join(PROGRAMS, program), ...args.map(String)]);
}

/** Starts it with so few file descriptors that it can use them up. */
export function startLimited(kind: Kind, descriptors: number, program: string, ...args: string[]): Child {
  const limit = `ulimit -n ${descriptors}; exec "$@"`;
  return track(kind, 'sh', ['-c', limit, 'sh', process.execPath, join(PROGRAMS, program), ...args]);
}

afterEachTest(() => {
  for (const child of running) child.kill('SIGKILL');
});

function track(kind: Kind, command: string, args: string[]): Child {
  const child = spawn(command, args, {
    env: { ...process.env, JSONMMAP_SYSTEM: kind },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  child.stdin.on('error', () => {}); // it may have died before we end it
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid as number,
    line: async () => (await lines.next()).value,
    async finish() {
      child.stdin.end();
      const rest: string[] = [];
      for (let line = await lines.next(); !line.done; line = await lines.next()) rest.push(line.value);
      await exited;
      return rest;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
