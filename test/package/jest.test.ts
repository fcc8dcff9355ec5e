/** A suite of a user that jest runs, which cannot `require` an ES module and takes the CommonJS build. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noNative } from '../unit/region/kit.js';
import { temporaryDirectory } from './checkout.js';
import { installInto } from './installed.js';

const SUITE = `
const { Follower, JsonMmapError, Master } = require('jsonmmap');
const { Mmap } = require('jsonmmap/mmap');

test('a master and a follower', () => {
  const dir = process.env.SUITE_REGIONS;
  const master = Master.open('jest', { dir, initial: { list: [1, { a: null }] } });
  master.update((draft) => { draft.list.push('x'); });
  const follower = Follower.open('jest', { dir });
  expect(follower.current).toEqual({ list: [1, { a: null }, 'x'] });
  expect(follower.status()).toMatchObject({ system: 'native', masterSystem: 'native' });
  expect(() => master.set('/list/x/y', 1)).toThrow(JsonMmapError);
  follower.close();
  master.close();
});

test('mapped memory', () => {
  const memory = new Mmap(-1, 100);
  memory.write('hello');
  expect(String(memory.slice(0, 5))).toBe('hello');
});
`;

let project: string;

beforeEach(() => {
  project = temporaryDirectory();
  installInto(project);
});

afterEach(() => rmSync(project, { recursive: true }));

it.skipIf(noNative)(`jest runs a suite that requires the package${noNative}`, () => {
  writeFileSync(join(project, 'suite.test.js'), SUITE);
  const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin', 'jest.js');
  const { status, stderr } = spawnSync(process.execPath, [jest, '--ci', '--rootDir', project], {
    cwd: project,
    env: { ...process.env, SUITE_REGIONS: join(project, 'regions'), JSONMMAP_SYSTEM: undefined, VITEST: undefined },
    encoding: 'utf8',
  });
  expect(stderr).toContain('Tests:       2 passed, 2 total');
  expect(status).toBe(0);
});
