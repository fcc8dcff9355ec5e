/** Real processes for the tests between processes and languages. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface Child {
  /** Ends its standard input, and waits for what it has to say. */
  finish<T>(): Promise<T>;
}

export function startNode(program: string, args: (string | number)[], env: Record<string, string>): Child {
  return start(process.execPath, [join(programs, program), ...args.map(String)], env);
}

export function startPython(program: string, ...args: (string | number)[]): Child {
  return start('python3', [join(programs, program), ...args.map(String)], {});
}

const programs = join(import.meta.dirname, '..', 'programs');
const running = new Set<ChildProcess>();

/** Ends what a failed test has left behind. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}

function start(command: string, args: string[], env: Record<string, string>): Child {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  running.add(child);
  const output = text(child.stdout);
  const exited = once(child, 'exit');
  return {
    async finish<T>() {
      child.stdin.end();
      const [code, signal] = await exited;
      running.delete(child);
      if (code !== 0) throw new Error(`${args[0]} ended with ${code ?? signal}`);
      return JSON.parse(await output) as T;
    },
  };
}
