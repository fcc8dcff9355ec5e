/** `update` does to the document what its recipe does to a plain copy, key order included, whatever the recipe does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { casesOf } from '../effort.js';
import { expectSame } from '../unit/master/agreement.js';
import { newDirectory, openFollower, openMaster } from '../unit/master/kit.js';
import { json } from '../unit/master/reference.js';

const KEYS = ['a', 'b', 'c', 'd', 'e', '0', '7', '10', '~', '/', ''];
const key = fc.constantFrom(...KEYS);
const value = fc.oneof(
  { depthSize: 'small' },
  fc.constantFrom(
    undefined,
    null,
    true,
    0,
    -0,
    1.5,
    Number.NaN,
    'text',
    new Date(0),
    new Map([[1, 2]]),
    Symbol('value'),
    () => 1,
  ),
  fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 }),
  fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 5 }),
);

/** What a recipe does at some container of the draft: `where` leads there, by the number of a child at each step. */
type Act = { where: number[]; what: string; key: string; at: number; value: unknown };
const act: fc.Arbitrary<Act> = fc.record({
  where: fc.array(fc.nat(6), { maxLength: 3 }),
  what: fc.constantFrom(
    'set',
    'set',
    'delete',
    'again',
    'symbol',
    'push',
    'pop',
    'shift',
    'unshift',
    'splice',
    'sort',
    'reverse',
    'length',
    'assign',
    'move',
  ),
  key,
  at: fc.nat(5),
  value,
});

// biome-ignore lint/suspicious/noExplicitAny: drafts are of any type
type Draft = any;

function containerAt(draft: Draft, where: readonly number[]): Draft {
  let at = draft;
  for (const step of where) {
    const children = Object.keys(at).filter((name) => {
      const child = at[name];
      return Array.isArray(child) || Object.prototype.toString.call(child) === '[object Object]';
    });
    if (children.length === 0) break;
    at = at[children[step % children.length]];
  }
  return at;
}

/** A text for an order; `String` would call a `toString` that the document itself has. */
const text = (value: unknown): string => JSON.stringify(value) ?? '';

function perform(draft: Draft, { where, what, key, at, value }: Act): void {
  const target = containerAt(draft, where);
  const list = Array.isArray(target);
  const own = Object.keys(target);
  const name = own[at % Math.max(1, own.length)] ?? key;
  const copy = () =>
    typeof value === 'object' && value?.constructor !== Date && value?.constructor !== Map
      ? structuredClone(value)
      : value;
  if (what === 'set') target[list ? at : key] = copy();
  else if (what === 'symbol' && !list) target[Symbol(key)] = 1;
  else if (what === 'assign' && !list) Object.assign(target, { [key]: copy(), e: 1 });
  else if (what === 'delete' && !list) delete target[name];
  else if (what === 'again' && !list) {
    const kept = target[name];
    delete target[name];
    target[name] = at % 2 === 0 ? kept : copy();
  } else if (what === 'move' && !list) {
    const kept = target[name];
    delete target[name];
    target[key] = kept;
  } else if (!list) target[key] = { ...target };
  else if (what === 'push') target.push(copy());
  else if (what === 'pop') target.pop();
  else if (what === 'shift') target.shift();
  else if (what === 'unshift') target.unshift(copy(), at);
  else if (what === 'splice') target.splice(at, at % 3, copy());
  else if (what === 'sort') target.sort((a: unknown, b: unknown) => (text(a) < text(b) ? -1 : 1));
  else if (what === 'reverse') target.reverse();
  else if (what === 'length') target.length = Math.min(target.length, at);
}

describe('update', () => {
  it('agrees with the same recipe on a plain copy, key order included', () => {
    const document = fc.record({
      a: fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 }),
      list: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 8 }),
      wide: fc
        .integer({ min: 0, max: 100 })
        .map((n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, { i }]))),
      long: fc.integer({ min: 0, max: 100 }).map((n) => Array.from({ length: n }, (_, i) => ({ i }))),
    });
    fc.assert(
      fc.property(document, fc.array(fc.array(act, { maxLength: 6 }), { maxLength: 3 }), (initial, recipes) => {
        const dir = newDirectory();
        const master = openMaster(dir, { initial });
        const follower = openFollower(dir);
        let expected = json(initial);
        for (const acts of recipes) {
          const recipe = (draft: Draft): void => {
            for (const one of acts) perform(draft, one);
          };
          const copy = structuredClone(expected);
          recipe(copy);
          const before = master.version;
          const same = JSON.stringify(copy) === JSON.stringify(expected);
          expect(master.update(recipe)).toBe(same ? before : before + 1);
          expected = json(copy);
          expectSame(master.current, expected);
        }
        expectSame(follower.current, expected);
        follower.close();
        master.close();
      }),
      { numRuns: casesOf(300) },
    );
  });
});
