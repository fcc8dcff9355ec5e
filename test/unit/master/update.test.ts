/** Drafts: what a recipe does to one is what happens to the document, no more and no less. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Master } from '../../../src/index.js';
import { expectAgreement, expectSame } from './agreement.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';
import { json } from './reference.js';

// biome-ignore lint/suspicious/noExplicitAny: recipes assign whatever they like
type Draft = any;

const DOCUMENT = {
  numbers: [3, 1, 2],
  rows: Array.from({ length: 100 }, (_, i) => ({ i, tags: ['a', 'b'] })),
  names: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`name ${i}`, { version: '1' }])),
  nested: { deep: { er: { list: [] as unknown[] } } },
};

let dir: string;
let master: Master;
beforeEach(() => {
  dir = newDirectory();
  master = openMaster(dir, { initial: DOCUMENT });
});

describe('update', () => {
  it.each<[string, (draft: Draft) => void]>([
    [
      'assigns',
      (draft) => {
        draft.numbers[1] = 7;
        draft.names['name 3'].version = '2';
        draft.fresh = { a: [1] };
      },
    ],
    [
      'deletes',
      (draft) => {
        delete draft.nested;
        delete draft.names['name 5'];
      },
    ],
    [
      'pushes and pops',
      (draft) => {
        draft.numbers.push(4, 5);
        draft.rows.pop();
        draft.nested.deep.er.list.push({}, []);
      },
    ],
    [
      'shifts and unshifts',
      (draft) => {
        draft.numbers.unshift(0);
        draft.rows.shift();
      },
    ],
    [
      'splices',
      (draft) => {
        draft.rows.splice(10, 20, { i: -1, tags: [] }, { i: -2, tags: ['x'] });
      },
    ],
    [
      'sorts',
      (draft) => {
        draft.numbers.sort();
        draft.rows.sort((a: Draft, b: Draft) => b.i - a.i);
      },
    ],
    [
      'reverses',
      (draft) => {
        draft.rows.reverse();
      },
    ],
    [
      'empties arrays',
      (draft) => {
        draft.rows.length = 0;
        draft.numbers.length = 1;
      },
    ],
    [
      'fills and copies within',
      (draft) => {
        draft.numbers.fill(9, 1);
        draft.rows.copyWithin(0, 90);
      },
    ],
    [
      'replaces containers by others',
      (draft) => {
        draft.numbers = { was: 'array' };
        draft.nested = [1, { two: 2 }];
        draft.rows = null;
      },
    ],
    [
      'moves values',
      (draft) => {
        draft.moved = draft.nested.deep;
        delete draft.nested;
        draft.rows.push(draft.rows[0]);
      },
    ],
    [
      'assigns what JSON changes',
      (draft) => {
        draft.date = new Date(0);
        draft.map = new Map([[1, 2]]);
        draft.numbers[0] = undefined;
        draft.gone = undefined;
        draft.nan = Number.NaN;
        draft.numbers.push(undefined);
      },
    ],
    [
      'assigns undefined over a value',
      (draft) => {
        draft.nested = undefined;
        draft.names['name 1'].version = undefined;
      },
    ],
    [
      'assigns, then takes back',
      (draft) => {
        draft.temporary = [1, 2, 3];
        draft.numbers.push(1);
        delete draft.temporary;
      },
    ],
    [
      'uses Object.assign',
      (draft) => {
        Object.assign(draft.nested.deep, { a: 1, er: { b: 2 } });
      },
    ],
  ])('%s', (_, recipe) => {
    const version = master.update(recipe);
    const expected = structuredClone(DOCUMENT);
    recipe(expected);
    expect(version).toBe(2);
    expectAgreement(openFollower(dir), json(expected), [['numbers'], ['rows', '0'], ['names', 'name 3']]);
    expectSame(master.current, json(expected));
  });

  it('changes one of two places that share their object', () => {
    const { current } = master as Master<typeof DOCUMENT>;
    expect(current.names['name 1']).toBe(current.names['name 2']); // equal leaves are stored once
    master.update((draft: Draft) => {
      draft.names['name 1'].version = 'one';
      draft.rows[5].tags.push('c');
    });
    expect(master.get('/names/name 1')).toEqual({ version: 'one' });
    expect(master.get('/names/name 2')).toEqual({ version: '1' });
    expect(master.get('/rows/5/tags')).toEqual(['a', 'b', 'c']);
    expect(master.get('/rows/6/tags')).toEqual(['a', 'b']);
  });

  it('publishes nothing where nothing changes', () => {
    expect(master.update(() => {})).toBe(1);
    expect(
      master.update((draft: Draft) => {
        draft.numbers[0] = 3;
      }),
    ).toBe(1);
    expect(
      master.update((draft: Draft) => {
        draft.nested = { deep: { er: { list: [] } } };
      }),
    ).toBe(1);
    expect(
      master.update((draft: Draft) => {
        draft.numbers.push(1);
        draft.numbers.pop();
      }),
    ).toBe(1);
    expect(
      master.update((draft: Draft) => {
        draft.rows.reverse();
        draft.rows.reverse();
      }),
    ).toBe(1);
    expect(master.version).toBe(1);
  });

  it('writes only what changed', () => {
    const follower = openFollower(dir);
    const used = () => follower.history()[0].watermark;
    const before = used();
    master.update((draft: Draft) => {
      draft.rows[50].i = 'x';
    });
    expect(used() - before).toBeLessThan(2000);
  });

  it('passes on what a recipe throws, and changes nothing', () => {
    const failure = new Error('not today');
    expect(() =>
      master.update((draft: Draft) => {
        draft.numbers.length = 0;
        throw failure;
      }),
    ).toThrow(failure);
    expectSame(master.current, DOCUMENT);
    expect(master.version).toBe(1);
  });

  it.each<[string, (draft: Draft) => unknown]>([
    ['a value', (draft) => draft.numbers.push(7)],
    ['the draft', (draft) => draft],
    [
      'a promise',
      async (draft) => {
        draft.numbers[0] = 0;
      },
    ],
    [
      'a promise that fails',
      async () => {
        throw new Error('nobody hears of this');
      },
    ],
    // biome-ignore lint/suspicious/noThenProperty: what is awaited by that is refused
    ['a thenable', () => ({ then: () => {} })],
  ])('refuses a recipe that returns %s, and changes nothing', (_, recipe) => {
    expect(codeOf(() => master.update(recipe as () => void))).toBe('ERR_INVALID_ARG');
    expectSame(master.current, DOCUMENT);
    expect(master.version).toBe(1);
  });

  it('refuses values that JSON has not, and changes nothing', () => {
    expect(
      codeOf(() =>
        master.update((draft: Draft) => {
          draft.numbers.push(1);
          draft.big = { n: 1n };
        }),
      ),
    ).toBe('ERR_NOT_SERIALIZABLE');
    expectSame(master.current, DOCUMENT);
  });

  it('needs something to draft', () => {
    master.write('scalar');
    expect(codeOf(() => master.update(() => {}))).toBe('ERR_INVALID_ARG');
    expect(codeOf(() => master.update(undefined as never))).toBe('ERR_INVALID_ARG');
  });

  it('sees what a transaction did before it', () => {
    master.transaction(() => {
      master.set('/numbers', [9]);
      master.update((draft: Draft) => {
        draft.numbers.push(draft.numbers[0] + 1);
      });
      master.set('/numbers/-', 11);
      master.update((draft: Draft) => {
        draft.numbers.reverse();
      });
    });
    expect(master.get('/numbers')).toEqual([11, 10, 9]);
    expect(master.version).toBe(2);
  });
});
