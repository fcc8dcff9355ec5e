/** What every process of the demonstration does: listen to the viewer, answer it, and go when it goes. */
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const [dir] = process.argv.slice(2);

/** The one region of the demonstration, in its own temporary directory. */
export const REGION = 'world';
export const options = { dir };

/** Runs the command that the viewer names: `commands[command](argument)`; an error ends this process, and so the demonstration. */
export function takeCommands(commands) {
  process.on('message', ({ command, argument }) => commands[command](argument));
  process.on('SIGINT', () => {}); // Ctrl-C reaches all processes at once: the viewer ends the others in order.
  process.on('disconnect', leave);
}

/** Tells the viewer; no message is lost when this process ends itself, because the caller may wait for it. */
export function tell(type, facts = {}) {
  return new Promise((resolve) => process.send({ type, ...facts }, resolve));
}

/** V8 gives memory back in steps, on other threads. */
const COLLECTIONS = 3;
const COLLECTION_PAUSE_MS = 20;

/** Bytes that only this process uses, after garbage collections (`node --expose-gc`); all its memory where /proc does not tell. */
export async function privateBytes() {
  for (let round = 0; round < COLLECTIONS; round++) {
    globalThis.gc();
    await delay(COLLECTION_PAUSE_MS);
  }
  try {
    const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
    const kilobytes = [...rollup.matchAll(/^Private_\w+:\s+(\d+) kB$/gm)].map(([, number]) => Number(number));
    return kilobytes.reduce((sum, number) => sum + number, 0) * 1024;
  } catch {
    return process.memoryUsage.rss(); // no Linux
  }
}

/** Whether the document is mapped into this process; else it reads a copy of its own, over system calls. */
export function isMapped() {
  try {
    return readFileSync('/proc/self/maps', 'utf8').includes(`/${REGION}.`);
  } catch {
    return false; // no Linux, so no mapping
  }
}

/** The viewer was killed and cleaned nothing up. */
function leave() {
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  process.exit();
}
