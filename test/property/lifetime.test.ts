/** Whatever is taken, dropped, closed and kept in whatever order: what is open reads what it read, and what is closed throws. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Change, Follower, Snapshot } from '../../src/index.js';
import { casesOf } from '../effort.js';
import { mappedSegments, noProc } from '../unit/follower/mapped.js';
import { codeOf, newDirectory, openFollower, openMaster } from '../unit/master/kit.js';

/** The newest, the one that was left in this turn, what listeners know, and the change that they hear of. */
const OWN = 4;
const RUNS = casesOf(40);

interface Doc {
  n: number;
  fill: string[];
}

const document = (n: number): Doc => ({
  n,
  fill: Array.from({ length: 6000 }, (_, i) => `${i} of ${n}, like no other`),
});

type Step =
  | 'rewrite'
  | 'edit'
  | 'snapshot'
  | 'view'
  | 'at'
  | 'close'
  | 'turn'
  | 'read'
  | 'current'
  | 'change'
  | 'reopen';
const STEPS: readonly Step[] = [
  'rewrite',
  'edit',
  'snapshot',
  'view',
  'at',
  'close',
  'turn',
  'read',
  'current',
  'change',
  'reopen',
];

/** A snapshot, and what it says. */
interface Held {
  readonly snapshot: Snapshot<Doc>;
  readonly version: number;
}

it('use after release is impossible', { timeout: 300_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat()), { maxLength: 60 }), run), {
    numRuns: RUNS,
  });
});

async function run(steps: readonly (readonly [Step, number])[]): Promise<void> {
  const dir = newDirectory();
  const master = openMaster<Doc>(dir, { initial: document(1), history: 2 });
  let follower = listening(dir);
  const held: Held[] = [];
  const views: { view: Doc; n: number; line: string }[] = [];
  const n = new Map([[1, 1]]);
  const hold = (snapshot: Snapshot<Doc>) => held.push({ snapshot, version: snapshot.version });
  const actions: Record<Step, (pick: number) => unknown> = {
    rewrite: (pick) => n.set(master.write(document(pick + 2)), pick + 2),
    edit: (pick) => n.set(master.set('/n', pick), pick),
    snapshot: () => hold(follower.snapshot()),
    view: () =>
      views.push({
        view: follower.view as Doc,
        n: follower.get('/n') as number,
        line: follower.get('/fill/77') as string,
      }),
    at: () => hold(follower.at(Math.max(1, follower.version - 1))),
    close(pick) {
      const [one] = held.splice(pick % (held.length || 1), 1);
      const view = one?.snapshot.view;
      one?.snapshot.close();
      if (one !== undefined) expect(codeOf(() => one.snapshot.get('/n'))).toBe('ERR_CLOSED');
      if (view !== undefined) expect(codeOf(() => view.fill)).toBe('ERR_CLOSED');
    },
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    read: () => expect(follower.get('/n')).toBe(n.get(follower.version)),
    current: () => expect(follower.current.n).toBe(n.get(follower.version)),
    change: () => follower.changes().return?.(),
    reopen() {
      follower.close();
      follower = listening(dir);
    },
  };
  for (const [step, pick] of steps) {
    await actions[step](pick);
    for (const { snapshot, version } of held) expect(snapshot.get('/n')).toBe(n.get(version));
  }
  for (const { view, n: then, line } of views) expect([view.n, view.fill[77]]).toEqual([then, line]);
  for (const { snapshot } of held) snapshot.close();
  if (noProc === '') expect(mappedSegments(dir).length).toBeLessThanOrEqual(OWN + views.length);
  follower.close();
  master.close();
}

/** One that hears of everything, and asks late for what it has heard. */
function listening(dir: string): Follower<Doc> {
  const follower = openFollower<Doc>(dir);
  let last: Change<Doc> | undefined;
  follower.on('change', (change) => {
    const code = last && codeOf(() => last?.patch);
    expect([undefined, 'ERR_VERSION_GONE']).toContain(code);
    last = change;
  });
  return follower;
}
