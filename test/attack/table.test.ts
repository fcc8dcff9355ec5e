/** The table of attacks: each row names tests that are there, and the page has all of them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attacks } from '../../attack/attacks.mjs';

const root = join(import.meta.dirname, '..', '..');

it('names files that are there', () => {
  const files = new Set(attacks.flatMap(({ tests }) => tests.map(({ file }) => file)));
  expect([...files].filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

it('has every test of hostility in some row', () => {
  const files = new Set(attacks.flatMap(({ tests }) => tests.map(({ file }) => file)));
  const hostile = [
    'exchanged',
    'failing-calls',
    'files',
    'leaks',
    'mixed-versions',
    'namespaces',
    'neighbour',
    'scarce',
  ];
  expect(hostile.filter((name) => !files.has(`test/hostile/${name}.test.ts`))).toEqual([]);
});

it('is the table of the page, with results', () => {
  const page = readFileSync(join(root, 'docs', 'ATTACKS.md'), 'utf8');
  for (const { attack, promise } of attacks) {
    const line = page.split('\n').find((row) => row.startsWith(`| ${attack} | ${promise} |`));
    expect(line, attack).toMatch(/\| \d+ held/);
    expect(line).not.toMatch(/did not|missing/);
  }
});
