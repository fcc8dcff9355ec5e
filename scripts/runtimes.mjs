// Other runtimes than the one that runs this: each is installed from npm into a folder of its own, outside the checkout, and kept there for the
// next time.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where other users can run them too: tests that become another user cannot enter the home of root. */
const cacheHome = process.env.XDG_CACHE_HOME ?? (process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache'));
export const runtimeCache = join(cacheHome, 'jsonmmap-runtimes');

/** Installs the package `spec` and returns the path of its `program`. npm refuses packages of other processors unless it is forced. */
export function installRuntime(spec, program) {
  const name = spec.slice(0, spec.lastIndexOf('@'));
  const folder = join(runtimeCache, spec.replaceAll(/[^\w.-]/g, '_'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--force', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...options, spec], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, 'node_modules', name, program);
}
