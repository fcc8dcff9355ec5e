/** Whether a wake source keeps a process alive, seen from outside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'programs', 'wake-source.mjs');

/** Runs a process whose only work is a wake source for `path`, touches the file once it runs, and returns what it said until it ended. */
export async function runProgram(source: string, path: string, hold: 'referenced' | 'unreferenced'): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, source, path, hold], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  child.once('message', () => utimesSync(path, 1_600_000_000, 1_600_000_000));
  const [said] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
  return said;
}
