// C9: random reads of an object of 100,000 keys, in a follower that never materializes the document, beside lmdb with the same entries. Loops by mitata.
import { Follower, Master } from 'jsonmmap';
import { do_not_optimize } from 'mitata';
import { shuffled } from '../documents/random.mjs';
import { openLmdb } from '../drivers/lmdb.mjs';
import { inTurns, median, perCall } from '../measure.mjs';
import { row } from '../rows.mjs';

const KEYS = 100_000;

export async function measure({ quick }) {
  const keys = Array.from({ length: KEYS }, (_, i) => `user-${i}`);
  const users = Object.fromEntries(
    keys.map((key, i) => [key, { name: `name ${i}`, score: i / 8, active: i % 2 === 0 }]),
  );
  const numbers = Object.fromEntries(keys.map((key, i) => [key, i]));
  const master = Master.open('random-read', { initial: { users, numbers } });
  const follower = Follower.open(master.name);
  const objects = await openLmdb('objects', Object.entries(users));
  const values = await openLmdb('values', Object.entries(numbers));

  const order = shuffled(keys);
  const numberPaths = order.map((key) => `/numbers/${key}`);
  const userPaths = order.map((key) => `/users/${key}`);
  let at = 0;
  const next = (list) => list[++at % KEYS];
  const loop = (body) => perCall(body, quick);
  const results = await inTurns(quick ? 3 : 7, {
    value: () => loop(() => do_not_optimize(follower.get(next(numberPaths)))),
    valueStore: () => loop(() => do_not_optimize(values.get(next(order)))),
    object: () => loop(() => do_not_optimize(follower.get(next(userPaths)))),
    objectStore: () => loop(() => do_not_optimize(objects.get(next(order)))),
  });
  const of = (name) => median(results[name]);
  const target = (ratioAtMost) => ({ text: `≤ ${ratioAtMost}× lmdb`, ratioAtMost });
  return [
    row('the value of a random one of 100,000 keys', {
      measured: of('value'),
      baseline: ['lmdb get(key)', of('valueStore')],
      target: target(0.7),
    }),
    row('the object at a random one of 100,000 keys', {
      measured: of('object'),
      baseline: ['lmdb get(key)', of('objectStore')],
      target: target(1),
    }),
  ];
}
