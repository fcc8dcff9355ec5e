/** `test/long.ts` leaves files out that exist, and names what proves the same in short. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LONG } from '../long.js';
import { ROOT } from './imports.js';

it.each(Object.entries(LONG))('%s exists, and so does its short proof', (file, reason) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
  const named = [...reason.matchAll(/test\/[\w/.-]+/g)].map(([path]) => path);
  expect(named.filter((path) => !existsSync(join(ROOT, path)) || LONG[path] !== undefined)).toEqual([]);
  expect(reason).not.toBe('');
});
