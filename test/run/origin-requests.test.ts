/** Requests of `get --origin` that come at once: each used to read all files, and twelve of a document of 17 MB took 1.7 GB. */
import { expect, it } from 'vitest';
import { originsOf } from '../../src/run/origins.js';
import { Tasks } from '../../src/run/tasks.js';
import type { Layer } from '../../src/sources/files.js';

it('share a read that begins after they came', async () => {
  const reads: ((layers: Layer[]) => void)[] = [];
  const tasks = new Tasks({
    name: 'app',
    log: { note: () => {}, fail: () => {}, request: () => {} },
    hasFiles: true,
    load: () => Promise.resolve(undefined),
    restart: () => undefined,
    layers: () => new Promise((resolve) => reads.push(resolve)),
    origins: (path, layers) => originsOf({ a: 1 }, layers, path),
    version: () => 1,
    isEnding: () => false,
  });
  const by = { pid: 1, name: 'test' };
  const answers = Promise.all(
    Array.from({ length: 12 }, () => tasks.do({ verb: 'origins', path: '/a', wait: true }, by)),
  );
  reads[0]([{ name: 'old.json', value: { a: 1 } }]);
  await expect.poll(() => reads.length).toBe(2);
  reads[1]([{ name: 'new.json', value: { a: 1 } }]);
  const names = (await answers).map(({ origins }) => origins?.[0].origin);
  expect(names).toEqual(['old.json', ...Array(11).fill('new.json')]);
  expect(reads).toHaveLength(2);
});
