import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const root = dirname(dirname(import.meta.dirname));
const MADE_BY_TOOLS = new Set(['node_modules', 'dist', 'lib', 'build', 'prebuilds', 'coverage', '.git']);

/** Makes a directory that the caller removes. */
export function temporaryDirectory(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'jsonmmap-package-')));
}

/** Copies what `git clone` would bring to `directory`, and lends it our dependencies. */
export function copyCheckout(directory: string): void {
  cpSync(root, directory, {
    recursive: true,
    filter: (path) => dirname(path) !== root || !MADE_BY_TOOLS.has(basename(path)),
  });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
}

/** Makes a directory with nothing but Node in it, to be the whole `PATH`: no compiler, no shell, no npm. */
export function pathWithNodeOnly(directory: string): string {
  mkdirSync(directory);
  symlinkSync(process.execPath, join(directory, 'node'));
  return directory;
}

/** Runs npm, which need not be on `PATH`; returns what it prints. */
export function npm(args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env): string {
  return execFileSync(process.execPath, [npmPath(), ...args], { cwd, env, encoding: 'utf8', stdio: 'pipe' });
}

/** Whether `program` can be started; tests that need it say so when they are skipped. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

function npmPath(): string {
  return process.env.npm_execpath ?? realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim());
}
