/** Whether a wake source keeps a process alive, seen from outside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Notification, type Way } from './notification.js';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'programs', 'wake-source.mjs');

/** Runs a process whose only work is a wake source for `path`, notifies it once it runs, and returns what it said until it ended. */
export async function runProgram(
  source: string,
  path: string,
  way: Way,
  hold: 'referenced' | 'unreferenced',
): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, source, path, hold], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const notification = new Notification(path, way);
  child.once('message', () => notification.send());
  const [said] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
  notification.close();
  return said;
}
