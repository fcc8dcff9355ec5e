// What `jsonmmap top` takes of a processor: 200 regions in the table, each of which changes ten times in a second, at one look in a second.
// npm run bench:top -- [--regions 200] [--seconds 30]
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { regions: { type: 'string', default: '200' }, seconds: { type: 'string', default: '30' } },
});
const REGIONS = Number(values.regions);
const SECONDS = Number(values.seconds);
const FOLLOWERS = 4;
/** `top` starts, and sees each region for the first time. */
const WARM_UP_MS = 5000;
/** proc(5): the kernel tells times of processes in ticks of this length, on all machines that Node runs on. */
const TICK_MS = 10;

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'jsonmmap-bench-top-'));
const children = [];

try {
  await start('masters.mjs');
  await Promise.all(Array.from({ length: FOLLOWERS }, () => start('followers.mjs')));
  console.log(
    `| ${REGIONS} regions, ${FOLLOWERS} processes that follow all of them | processor time of a look |\n|---|--:|`,
  );
  console.log(`| the table, terminal of 80 × 24 | ${await measure([], 80, 24)} |`);
  console.log(`| the table, terminal of 200 × 50 | ${await measure([], 200, 50)} |`);
  console.log(`| one region, terminal of 200 × 50 | ${await measure(['region-0'], 200, 50)} |`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
}

async function start(program) {
  const child = fork(new URL(program, import.meta.url), [String(REGIONS)], { env: environment() });
  children.push(child);
  await once(child, 'message');
}

/** Runs `top` in a terminal, and returns what a look takes in words. */
async function measure(words, columns, rows) {
  const top = `exec '${process.execPath}' '${CLI}' top ${words.join(' ')} --interval 1s`;
  const line = `stty cols ${columns} rows ${rows}; echo "pid $$"; ${top}`;
  const terminal = spawn('script', ['-qefc', line, '/dev/null'], { env: environment() });
  children.push(terminal);
  const [first] = await once(terminal.stdout.setEncoding('utf8'), 'data');
  terminal.stdout.resume();
  const pid = Number(/pid (\d+)/.exec(first)[1]);
  await delay(WARM_UP_MS);
  const before = processorMs(pid);
  await delay(SECONDS * 1000);
  const perLookMs = (processorMs(pid) - before) / SECONDS;
  terminal.stdin.write('q');
  await once(terminal, 'exit');
  return `${perLookMs.toFixed(1)} ms, ${(perLookMs / 10).toFixed(1)} % of a processor`;
}

/** proc(5): user and system time are fields 14 and 15, all threads included. */
function processorMs(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function environment() {
  return { ...process.env, TERM: 'xterm-256color', JSONMMAP_DIR: directory };
}
