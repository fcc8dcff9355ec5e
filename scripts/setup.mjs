// Makes a checkout ready to run: dependencies, the compiled binary, dist/ and lib/. `npm start` and `npm test` call it every time, so it
// looks first, does only what is missing and says one line about each thing it does. Node's own modules only.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const addon = at('prebuilds', `${process.platform}-${process.arch}`, 'mmap.node');
const buildInputs = ['src', 'scripts/build.mjs', 'scripts/build', 'tsconfig.json', 'tsconfig.build.json'].map((path) =>
  at(path),
);

requireNode(20, 19);
if (!dependenciesInstalled()) installDependencies();
if (!newerThan(addon, [at('native')])) await compileAddon();
if (!newerThan(at('dist', 'index.cjs'), buildInputs)) buildSources();

function requireNode(major, minor) {
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  say(`Node ${major}.${minor} or newer is needed, this is ${process.versions.node}`);
  process.exit(1);
}

/** Whether every package of the lock file is there in its version. Optional ones are left out: they depend on the platform. */
function dependenciesInstalled() {
  const installedPath = at('node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || optional || devOptional || installed[path]?.version === version,
  );
}

/** No package of ours needs its install script: what has a binary ships it. */
function installDependencies() {
  say('installing dependencies (npm ci)');
  const npm = process.env.npm_execpath;
  const [command, ...script] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const options = ['--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync(command, [...script, 'ci', ...options], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}

async function compileAddon() {
  if (process.env.JSONMMAP_SYSTEM === 'syscalls') return;
  const compiler = [process.env.CC, 'cc', 'gcc', 'clang'].find(isThere);
  if (compiler === undefined) return goWithoutCompiler();
  say(`compiling native/ (${compiler})`);
  const { compile } = await import('../native/build.mjs');
  try {
    compile(compiler);
  } catch {
    say('native/ did not compile; JSONMMAP_SYSTEM=syscalls goes without it, over a slower fallback');
    process.exit(1);
  }
}

function isThere(compiler) {
  return Boolean(compiler) && spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0;
}

function goWithoutCompiler() {
  rmSync(addon, { force: true }); // compiled from older source
  say('no C compiler found: using the fallback over system calls, which is slower');
}

function buildSources() {
  say('building src/ to dist/ (tsc, rolldown)');
  const { status } = spawnSync(process.execPath, [at('scripts', 'build.mjs')], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/** Whether `output` exists and nothing in `sources` changed after it was made; a directory changes when an entry comes or goes. */
function newerThan(output, sources) {
  const madeMs = modifiedMs(output);
  return sources.every((source) => newestMs(source) <= madeMs);
}

function newestMs(path) {
  const ownMs = modifiedMs(path);
  if (!statSync(path).isDirectory()) return ownMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestMs(join(path, name))), ownMs);
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}

function say(line) {
  console.error(`setup: ${line}`);
}
