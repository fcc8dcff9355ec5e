// Installs the packages of this folder when they are missing or not those of the lock file and of this Node. Two of them are compiled, which takes a minute.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const lock = join(here, 'package-lock.json');
const installed = join(here, 'node_modules', '.installed-lock.json');

const wanted = `${readFileSync(lock, 'utf8')}// for modules of version ${process.versions.modules}\n`;

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
  console.error('compare: installing the peers (npm ci)');
  const npm = process.env.npm_execpath;
  const [command, ...script] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const options = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync(command, [...script, 'ci', ...options], { cwd: here, stdio: ['ignore', 'inherit', 'inherit'] });
  writeFileSync(installed, wanted);
}
