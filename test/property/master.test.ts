/** Random sequences of writes: whoever reads sees what a plain value would be, and keeps what did not change. */
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/index.js';
import { casesOf } from '../effort.js';
import { expectAgreement, expectKept, expectSame } from '../unit/master/agreement.js';
import { newDirectory, openFollower, openMaster } from '../unit/master/kit.js';
import { applyPatch } from '../unit/master/reference.js';
import { type Action, anyAction } from './master-actions.js';

const seed = Number(process.env.JSONMMAP_SEED ?? Date.now() & 0x7fffffff);
const runs = Number(process.env.JSONMMAP_RUNS ?? casesOf(6));
const HISTORY = 6;
const LAZY_EVERY = 5;
const LIMIT_MS = 50_000;

const small = { flags: { beta: true, alpha: [1, 2, { x: null }] }, list: [], '': 'empty', text: 'a'.repeat(300) };

function large(): unknown {
  const keys = Array.from({ length: 300 }, (_, i) => [i % 3 === 0 ? String(i) : `key ${i}`, { i, tags: [`t${i}`] }]);
  return { by: Object.fromEntries(keys), rows: Array.from({ length: 400 }, (_, i) => ({ i, name: `row ${i}` })) };
}

const documents = {
  small,
  'small array': [1, [], 'text'],
  large: large(),
  'large array': (large() as { rows: unknown }).rows,
};

/** The newest segment of each sequence. */
const segments = new Set<string>();

function live(initial: unknown, actions: readonly Action[]): void {
  const dir = newDirectory();
  const master = openMaster(dir, { initial, history: HISTORY });
  const follower = openFollower(dir);
  const lazy = openFollower(dir);
  const texts = new Map([[1, JSON.stringify(initial)]]);
  let model = JSON.parse(JSON.stringify(initial));
  let [seen, lazySeen]: unknown[] = [follower.current, lazy.current];

  actions.forEach((action, i) => {
    const before = { version: master.version, text: JSON.stringify(model) };
    model = action.run(master, model);
    const text = JSON.stringify(model);

    expect(master.version - before.version, `versions published by ${action.name}`).toBeLessThanOrEqual(1);
    if (text !== before.text) expect(master.version).toBe(before.version + 1);
    else expect(master.version, `${action.name} changed nothing`).toBe(before.version);
    texts.set(master.version, text);

    expectAgreement(master, model);
    expectAgreement(follower, model, [
      [],
      ['flags'],
      ['by', 'key 1'],
      ['rows', '7'],
      ['0'],
      Object.keys(model).slice(-1),
    ]);
    expectKept(seen, follower.current);
    seen = follower.current;
    if (i % LAZY_EVERY === LAZY_EVERY - 1) {
      expectKept(lazySeen, lazy.current);
      expectSame(lazy.current, model);
      lazySeen = lazy.current;
    }
    for (const { version } of follower.history()) {
      expectSame(applyPatch(JSON.parse(texts.get(version) as string), follower.diff(version)), model);
      expectSame(follower.at(version).view, JSON.parse(texts.get(version) as string));
    }
  });
  const { problems, files } = check('region', { dir, versions: Number.POSITIVE_INFINITY });
  expect(problems).toEqual([]);
  segments.add(basename(files.at(-1)?.path ?? ''));
  for (const thing of [master, follower, lazy]) thing.close();
}

describe(`random writes (JSONMMAP_SEED=${seed})`, () => {
  it.each(Object.entries(documents))('%s', (_, initial) => {
    const sequence = fc.array(anyAction, { minLength: 5, maxLength: 30, size: 'max' });
    fc.assert(
      fc.property(sequence, (actions) => live(initial, actions)),
      { seed, numRuns: runs, interruptAfterTimeLimit: LIMIT_MS, endOnFailure: !process.env.JSONMMAP_SHRINK },
    );
  });

  it('goes through compactions without a trace', () => {
    live(documents.large, Array(4).fill(churn));
    expect([...segments].some((name) => !name.endsWith('.1.seg'))).toBe(true);
  });
});

/** One version that leaves so much garbage that a compaction comes with it. */
const churn: Action = {
  name: 'churn',
  run(master, model) {
    const before = Number(master.get('/churn') ?? 0);
    master.transaction(() => {
      for (let i = 1; i <= 10_000; i++) master.set('/churn', before + i);
    });
    return { ...(model as object), churn: before + 10_000 };
  },
};
