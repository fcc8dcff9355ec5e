/** I17 to I20: a mapping goes with the last that needs it, at once; nothing here waits for the engine to collect garbage. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Change, Follower, Master } from '../../../src/index.js';
import { collectGarbage } from '../../../src/region/segment/collect-garbage.js';
import { isFull } from '../../effort.js';
import { expectAgreement } from '../master/agreement.js';
import { codeOf, newDirectory, openFollower, openMaster, until } from '../master/kit.js';
import { mappedSegments, noProc } from './mapped.js';

const REWRITES = isFull ? 200 : 10;
/** During a turn: the newest, the one that it took the place of, and what listeners were told last, and before. */
const MOST = 4;
/** When the turn is over: the newest, what listeners know of until the notification reaches them, and what an iteration has yielded. */
const MOST_LATER = 3;
/** What stands at one path whatever is written, to see that it stays the same object. */
const STEADY = { here: ['always', { the: 'same' }] };

interface Doc {
  n: number;
  steady: typeof STEADY;
  fill: string[];
}

/** Nothing of it is like the one before but `steady`, so the master writes it into a fresh segment. */
function document(n: number): Doc {
  return {
    n,
    steady: STEADY,
    fill: Array.from({ length: 4000 }, (_, i) => `number ${i} of document ${n}, and nothing like it`),
  };
}

let dir: string;
let master: Master<Doc>;
let follower: Follower<Doc>;
beforeEach(() => {
  dir = newDirectory();
  master = openMaster<Doc>(dir, { initial: document(0) });
  follower = openFollower<Doc>(dir);
});

/** Rewrites everything again and again, waits after each until `seen` returns its number, and returns the most segments that were ever mapped. */
async function mostMapped(
  seen: () => number | Promise<number>,
  { rewrites = REWRITES, later = MOST_LATER } = {},
): Promise<number> {
  let most = 0;
  for (let n = 1; n <= rewrites; n++) {
    master.write(document(n));
    await until(`document ${n}`, async () => (await seen()) === n);
    most = Math.max(most, mappedSegments(dir).length);
    if (n % 10 > 0) continue;
    await turn();
    expect(mappedSegments(dir).length).toBeLessThanOrEqual(later);
  }
  expect(master.sizes().at(-1)?.path).not.toBe(master.sizes()[0].path.replace(/\d+\.seg$/, '1.seg'));
  return most;
}

/** Resolves when what ends with the turn has ended. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

describe.skipIf(noProc !== '')(`while everything is rewritten ${REWRITES} times${noProc}`, () => {
  it.each<[string, () => () => number | Promise<number>]>([
    [
      'a listener',
      () => {
        let version = 0;
        follower.on('change', (change) => {
          version = change.version;
        });
        return () => version - 1;
      },
    ],
    [
      'a listener that reads patches',
      () => {
        let n = 0;
        follower.on('change', ({ patch }) => {
          n = Number((patch.find(({ path }) => path === '/n') as { value?: number }).value);
        });
        return () => n;
      },
    ],
    [
      'a listener that reads the snapshot and closes it',
      () => {
        let n = 0;
        follower.on('change', ({ snapshot }) => {
          n = snapshot.get('/n') as number;
          snapshot.close();
        });
        return () => n;
      },
    ],
    ['get', () => () => follower.get('/n') as number],
    ['current', () => () => follower.current.n],
    [
      'an iteration',
      () => {
        const changes = follower.changes();
        return async () => ((await changes.next()).value as Change<Doc>).version - 1;
      },
    ],
    [
      'a selection that listens',
      () => {
        let value = 0;
        follower.select<number>('/n').on('change', (change) => {
          value = change.value ?? 0;
        });
        return () => value;
      },
    ],
    [
      'a selection that is read',
      () => {
        const selection = follower.select<number>('/n');
        return () => selection.value ?? 0;
      },
    ],
    [
      'snapshots that are closed',
      () => () => {
        const snapshot = follower.snapshot();
        try {
          return snapshot.view.n;
        } finally {
          snapshot.close();
        }
      },
    ],
  ])('%s keeps no more than the newest mapped', async (_, read) => {
    const seen = read();
    expect(await mostMapped(seen)).toBeLessThanOrEqual(MOST);
    expect(follower.status().held.segments).toBeLessThanOrEqual(1);
  });

  it('nobody does anything, and the follower moves on by itself', async () => {
    expect(follower.current.n).toBe(0);
    const first = mappedSegments(dir);
    for (let n = 1; n <= 5; n++) {
      master.write(document(n));
      await until('the old segment to go', () => mappedSegments(dir).length === 1);
    }
    expect(mappedSegments(dir)).not.toEqual(first);
    expect(follower.current.n).toBe(5);
  });
});

describe.skipIf(noProc !== '')(`what is held${noProc}`, () => {
  it('is a snapshot: its segment, to the byte, until it is closed', async () => {
    const held = follower.snapshot();
    const other = follower.snapshot();
    const unread = other.view;
    other.close();
    expect(codeOf(() => unread.fill)).toBe('ERR_CLOSED');
    const [segment] = mappedSegments(dir);
    expect(await mostMapped(() => follower.get('/n') as number, { rewrites: isFull ? 20 : 10 })).toBeLessThanOrEqual(
      MOST,
    );
    await turn();
    expect(mappedSegments(dir).length).toBe(2);
    expect(mappedSegments(dir).join()).toContain(segment);
    expect(follower.status().held).toMatchObject({ segments: 1 });
    expect(follower.status().held.bytes).toBeGreaterThan(JSON.stringify(document(0)).length / 2);
    expectAgreement(held, document(0), [['steady', 'here'], ['fill', '3999'], ['n']]);
    held.close();
    held.close();
    expect(mappedSegments(dir).length).toBe(1);
    expect(follower.status().held).toEqual({ segments: 0, bytes: 0 });
    const { current } = follower;
    for (const read of [
      () => held.current,
      () => held.view,
      () => held.get('/n'),
      () => held.has('/n'),
      () => held.keys(),
      () => held.size(),
    ]) {
      expect(codeOf(read)).toBe('ERR_CLOSED');
    }
    expect(follower.current).toBe(current);
  });

  it('is one of two snapshots of a version, when the other is closed', () => {
    const [one, other] = [follower.snapshot(), follower.snapshot()];
    one.close();
    master.write(document(1));
    expect(follower.get('/n')).toBe(1);
    expect(other.get('/n')).toBe(0);
    expect(codeOf(() => one.get('/n'))).toBe('ERR_CLOSED');
  });

  it('is a snapshot of an older version, and nothing for a patch between versions', async () => {
    master.close();
    master = openMaster<Doc>(dir, { history: 3 });
    for (let n = 1; n <= 3; n++) master.write(document(n));
    expect(follower.diff(2, 3).length).toBeGreaterThan(0);
    await turn();
    expect(mappedSegments(dir).length).toBe(1);
    const old = follower.at(2);
    expect(mappedSegments(dir).length).toBe(2);
    expect(old.view.n).toBe(1);
    old.close();
    expect(mappedSegments(dir).length).toBe(1);
  });

  it('stays when the follower closes, and is nothing where nothing was handed out', async () => {
    const [one, other] = [follower, openFollower<Doc>(dir)];
    const held = other.snapshot();
    const iterations: AsyncIterator<Change<Doc>>[] = [];
    for (const each of [one, other]) {
      each.on('change', () => {});
      each.select('/n').on('change', () => {});
      iterations.push(each.changes());
    }
    master.write(document(1));
    await Promise.all(iterations.map((iteration) => iteration.next()));
    const waiting = iterations.map((iteration) => iteration.next());
    one.close();
    other.close();
    master.close();
    expect((await Promise.all(waiting)).map(({ done }) => done)).toEqual([true, true]);
    await turn();
    expect(held.get('/n')).toBe(0);
    expect(mappedSegments(dir).length).toBe(1);
    held.close();
    expect(mappedSegments(dir)).toEqual([]);
  });

  it('is what an iteration has yielded, until the next is asked for', async () => {
    const changes = follower.changes();
    master.write(document(1));
    const { value: change } = await changes.next();
    master.write(document(2));
    master.write(document(3));
    await until('the newest', () => follower.get('/n') === 3);
    await turn();
    expect(change?.patch.length).toBeGreaterThan(0);
    expect(change?.snapshot.get('/n')).toBe(1);
    change?.snapshot.close();
    expect((await changes.next()).value?.snapshot.close()).toBeUndefined();
    await changes.return?.();
    await turn();
    expect(mappedSegments(dir).length).toBe(1);
  });
});

describe.skipIf(noProc !== '')(
  `what a program has forgotten is not kept by what the follower remembers${noProc}`,
  () => {
    it.each<[string, () => unknown]>([
      ['its last document', () => follower.current],
      ['a selection', () => follower.select('/n')],
    ])('%s', async (_, remember) => {
      const remembered = [remember()];
      // Read by nothing that this function can still name: it is forgotten at once.
      expect((() => follower.view.n)()).toBe(0);
      remembered.push(remember());
      expect(await mostMapped(() => follower.get('/n') as number, { rewrites: 3 })).toBeLessThanOrEqual(MOST);
      await until('the forgotten view to be found', async () => {
        collectGarbage();
        await turn();
        return follower.status().held.segments === 0;
      });
      expect(mappedSegments(dir).length).toBe(1);
      expect(remembered.length).toBe(2);
    });
  },
);

describe('a change that is read late', () => {
  async function late(): Promise<Change<Doc>> {
    const told = new Promise<Change<Doc>>((resolve) => follower.once('change', resolve));
    master.write(document(1));
    const change = await told;
    await turn();
    return change;
  }

  it('is what the follower can still read', async () => {
    const change = await late();
    expect(change.snapshot.get('/n')).toBe(1);
    expect(codeOf(() => change.patch)).toBe('ERR_VERSION_GONE');
    master.write(document(2));
    expect(follower.get('/n')).toBe(2);
    expect(change.snapshot.get('/n')).toBe(1);
  });

  it('has its patch where the master keeps both versions', async () => {
    master.close();
    master = openMaster<Doc>(dir, { history: 2 });
    const { patch } = await late();
    expect(patch.find(({ path }) => path === '/n')).toEqual({ op: 'replace', path: '/n', value: 1 });
  });

  it('has what was read in time', async () => {
    const told = new Promise<Change<Doc>>((resolve) => follower.once('change', resolve));
    master.write(document(1));
    const change = await told;
    const { patch, snapshot } = change;
    master.write(document(2));
    expect(follower.get('/n')).toBe(2);
    await turn();
    expect(change.patch).toBe(patch);
    expect(change.snapshot).toBe(snapshot);
    expect(snapshot.get('/n')).toBe(1);
  });

  it('is of no other region', async () => {
    const change = await late();
    master.close();
    follower.on('removed', () => {});
    const { remove } = await import('../../../src/index.js');
    remove('region', { dir });
    master = openMaster<Doc>(dir, { initial: document(7) });
    master.write(document(8));
    await until('the new region', () => follower.get('/n') === 8);
    expect(codeOf(() => change.snapshot)).toBe('ERR_VERSION_GONE');
    follower.close();
    expect(codeOf(() => change.patch)).toBe('ERR_VERSION_GONE');
  });
});

describe('values', () => {
  it('stay the same objects, though the memory that they were read from is gone', async () => {
    const selection = follower.select<typeof STEADY>('/steady');
    const [{ current }, { value }] = [follower, selection];
    master.write(document(1));
    expect(follower.get('/n')).toBe(1);
    await turn();
    master.write(document(2));
    expect(follower.current).toEqual(document(2));
    expect(follower.current.steady).toBe(current.steady);
    expect(selection.value).toBe(value);
  });

  it('and a listener that comes after the follower has moved on hears of the whole', async () => {
    expect(follower.get('/n')).toBe(0);
    master.write(document(1));
    expect(follower.get('/n')).toBe(1);
    await turn();
    const change = await new Promise<Change<Doc>>((resolve) => {
      follower.on('change', (told) => {
        void told.patch;
        resolve(told);
      });
    });
    expect(change).toMatchObject({ version: 2, previousVersion: 1 });
    expect(change.patch).toEqual([{ op: 'replace', path: '', value: document(1) }]);
  });
});
