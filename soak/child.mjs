// A process of ours: what it says, and its end.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pathOf } from './bundle.mjs';

/** A binary that is missing is an error here; whoever wants the fallback says so. */
export const ENV = { JSONMMAP_SYSTEM: 'native', ...process.env };

/**
 * @typedef {object} Child
 * @property {number} pid
 * @property {boolean} ended
 * @property {string} how it ended, where that is known
 * @property {Promise<void>} end resolves when it has ended and all that it said was heard
 * @property {(signal: NodeJS.Signals) => void} signal does nothing to one that has ended
 * @property {(request: object) => void} ask
 */

/**
 * Starts a bundled program.
 * @param {string} program
 * @param {object} task
 * @param {(said: any) => void} hear gets each thing that it says
 * @returns {Child}
 */
export function start(program, task, hear) {
  const process_ = spawn(process.execPath, [pathOf(program), JSON.stringify(task)], {
    env: ENV,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  process_.stdin.on('error', () => {}); // it may be dead already
  createInterface({ input: process_.stdout }).on('line', (line) => hear(heard(line)));
  const child = {
    pid: process_.pid,
    ended: false,
    how: 'for an unknown reason',
    end: new Promise((resolve) => {
      process_.once('close', (code, signal) => {
        child.how = signal ?? `exit code ${code}`;
        child.ended = true;
        resolve();
      });
    }),
    signal: (name) => void (process_.exitCode === null && process_.signalCode === null && process_.kill(name)),
    ask: (request) => void process_.stdin.write(`${JSON.stringify(request)}\n`),
  };
  return child;
}

/** One that is killed while it speaks says half a line. */
function heard(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { cut: line };
  }
}
