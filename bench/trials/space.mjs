// P11: the bytes that a region takes while random keys of it are set without end.
import { Follower, Master } from 'jsonmmap';
import { ask, start, stop } from '../child.mjs';
import { ENTRIES, keyOf } from '../documents/dictionary.mjs';
import { copyDictionaryRegion, DICTIONARY } from '../documents/index.mjs';
import { randomNumbers } from '../documents/random.mjs';
import { row } from '../rows.mjs';

const TENTHS = 10;

export async function measure({ quick }) {
  copyDictionaryRegion();
  const master = Master.open(DICTIONARY);
  const follower = Follower.open(DICTIONARY);
  const watch = start('programs/space-watch.mjs');
  await ask(watch, 'begin');
  const random = randomNumbers(11);
  const sets = quick ? 400_000 : 1_000_000;
  const most = [];
  for (let i = 1; i <= sets; i++) {
    master.set(`/users/${keyOf(Math.floor(random() * ENTRIES))}/score`, random() * 1000);
    if (i % (sets / TENTHS) === 0) most.push(await ask(watch, 'most?'));
  }
  await stop(watch);
  // A segment that was just begun holds the document and nothing else: so many bytes are alive.
  const alive = ['bytes alive', follower.history()[0].freshBytes];
  const used = master.sizes().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const half = (from) => Math.max(...most.slice(from, from + TENTHS / 2));
  const target = { text: '≤ 2.5×', ratioAtMost: 2.5 };
  return [
    row(`most at one time, during ${sets.toLocaleString('en')} sets`, {
      unit: 'bytes',
      measured: Math.max(...most),
      baseline: alive,
      target,
    }),
    row('at the end', { unit: 'bytes', measured: used, baseline: alive, target }),
    row(`most in each tenth: ${most.map((bytes) => (bytes / alive[1]).toFixed(2)).join(' ')}`, {
      unit: 'bytes',
      measured: half(TENTHS / 2),
      baseline: ['most in the first half', half(0)],
      target: { text: 'flat: ≤ 1.05×', ratioAtMost: 1.05 },
    }),
  ];
}
