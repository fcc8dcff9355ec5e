/** The directories of the machine. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from './machine.js';
import type { Image } from './medium.js';

let made = 0;

export function newDirectory(): string {
  const dir = join(machine.parent, `${++made}`);
  mkdirSync(dir);
  return dir;
}

/** The machine comes back with what the disk has; returns the directory. */
export function boot(image: Image): string {
  const dir = newDirectory();
  for (const [name, content] of image) {
    if (typeof content === 'string') symlinkSync(content, join(dir, name));
    else writeFileSync(join(dir, name), content, { mode: 0o600 });
  }
  machine.boot++;
  machine.deaths++;
  return dir;
}
