/** Real processes for the tests of regions: masters that are killed, followers that say what they have seen. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';
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
  const child = spawn(process.execPath, [join(PROGRAMS, program), ...args.map(String)], {
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

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
