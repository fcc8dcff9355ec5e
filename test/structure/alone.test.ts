/** Tests that share a process replace no modules in it: `test/alone.ts` lists those that do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALONE } from '../alone.js';
import { ROOT } from './imports.js';

const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `test/${file}`);

it('a test file that replaces a module runs alone', () => {
  const replacing = files.filter((file) => /^vi\.mock\(/m.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(replacing.length).toBeGreaterThan(0);
  expect(replacing.filter((file) => !ALONE.includes(file))).toEqual([]);
});

it('each file that runs alone is there', () => {
  const named = ALONE.filter((file) => !file.includes('*'));
  expect(named.filter((file) => !files.includes(file))).toEqual([]);
});
