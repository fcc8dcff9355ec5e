/** The package as npm installs it into a project, from this checkout: what package.json publishes, and the dependencies beside it. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(dirname(import.meta.dirname));

const PLATFORMS = ['linux-x64', 'linux-arm64'];

/** Makes a project in the empty folder `project` that has the package, its dependencies and `others` of ours. */
export function installInto(project: string, ...others: string[]): void {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const installed = join(project, 'node_modules', 'jsonmmap');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
  for (const published of ['package.json', 'dist', 'prebuilds'])
    cpSync(join(root, published), join(installed, published), { recursive: true });
  for (const platform of PLATFORMS) addBinary(join(installed, 'prebuilds', platform));
  for (const name of [...Object.keys(dependencies), ...others]) link(project, name);
}

/** The package has a binary for each processor. One that no compiler here can make is never loaded here either, but bundlers want to copy it. */
function addBinary(directory: string): void {
  const path = join(directory, 'mmap.node');
  if (existsSync(path)) return;
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, '');
}

function link(project: string, name: string): void {
  const path = join(project, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), path);
}
