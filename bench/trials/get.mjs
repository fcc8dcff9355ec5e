// P2: values read by path, in a follower that never materializes the document. Loops by mitata.
import { Follower, Master } from 'jsonmmap';
import { do_not_optimize } from 'mitata';
import { shuffled } from '../documents/random.mjs';
import { openLmdb } from '../drivers/lmdb.mjs';
import { inTurns, median, perCall } from '../measure.mjs';
import { row } from '../rows.mjs';

const KEYS = 100_000;

export async function measure({ quick }) {
  const users = {};
  for (let i = 0; i < KEYS; i++) users[`user-${i}`] = { name: `name ${i}`, score: i / 8, active: i % 2 === 0 };
  const master = Master.open('users', { initial: { a: { b: { c: 42 } }, users } });
  const follower = Follower.open(master.name);
  const store = await openLmdb('users', [['/a/b/c', 42], ...Object.entries(users)]);
  const cached = await openLmdb('users-cached', [['/a/b/c', 42], ...Object.entries(users)], { cached: true });

  const keys = shuffled(Object.keys(users));
  const values = keys.map((key) => `/users/${key}`);
  const scores = keys.map((key) => `/users/${key}/score`);
  let at = 0;
  const next = (list) => list[++at % KEYS];

  const loop = (body) => perCall(body, quick);
  const results = await inTurns(quick ? 3 : 7, {
    hot: () => loop(() => do_not_optimize(follower.get('/a/b/c'))),
    hotStore: () => loop(() => do_not_optimize(store.get('/a/b/c'))),
    hotCached: () => loop(() => do_not_optimize(cached.get('/a/b/c'))),
    score: () => loop(() => do_not_optimize(follower.get(next(scores)))),
    scoreStore: () => loop(() => do_not_optimize(store.get(next(keys)).score)),
    scoreCached: () => loop(() => do_not_optimize(cached.get(next(keys)).score)),
    value: () => loop(() => do_not_optimize(follower.get(next(values)))),
    valueStore: () => loop(() => do_not_optimize(store.get(next(keys)))),
  });
  const of = (name) => median(results[name]);
  const hot = { text: '≤ 100 ns, ≥ 3× faster', atMost: 100, fasterBy: 3 };
  const random = { text: '≤ 1.5 µs, ≥ 3× faster', atMost: 1500, fasterBy: 3 };
  return [
    row("get('/a/b/c'), hot", { measured: of('hot'), baseline: ['lmdb get', of('hotStore')], target: hot }),
    row('the same', { measured: of('hot'), baseline: ['lmdb with a validated cache', of('hotCached')] }),
    row('a number of a random one of 100,000 keys', {
      measured: of('score'),
      baseline: ['lmdb get(key).score', of('scoreStore')],
      target: random,
    }),
    row('the same', {
      measured: of('score'),
      baseline: ['lmdb with a validated cache', of('scoreCached')],
    }),
    row('the object at a random one of 100,000 keys', {
      measured: of('value'),
      baseline: ['lmdb get(key)', of('valueStore')],
      target: random,
    }),
  ];
}
