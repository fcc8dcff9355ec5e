// C10: how long the event loop of a follower stands still at most while its document of 100 MB moves to another file.
import { setTimeout as delay } from 'node:timers/promises';
import { Master } from 'jsonmmap';
import { ask, start, stop } from '../child.mjs';
import { copyDictionaryRegion, DICTIONARY } from '../documents/index.mjs';
import { median } from '../measure.mjs';
import { row } from '../rows.mjs';
import { compaction, oneKeyUpdates } from './stall.mjs';

export async function measure({ quick }) {
  copyDictionaryRegion();
  const master = Master.open(DICTIONARY);
  const child = start('programs/reader.mjs', ['light']);
  await ask(child, 'warmed up?');
  await oneKeyUpdates(master, 200);
  const [idle, moving] = [[], []];
  for (let round = 0; round < (quick ? 5 : 15); round++) {
    idle.push(await longestDuring(child, () => delay(1000)));
    moving.push(await longestDuring(child, () => compaction(master)));
  }
  await stop(child);
  return [
    row(`get, view, select: a compaction, median of ${moving.length}`, {
      measured: median(moving),
      baseline: ['nothing changes', median(idle)],
      target: { text: '≤ 1 ms', atMost: 1e6 },
    }),
    row('the same, the shortest', { measured: Math.min(...moving), baseline: ['nothing changes', Math.min(...idle)] }),
  ];
}

async function longestDuring(child, change) {
  await ask(child, 'begin');
  await change();
  return (await ask(child, 'how long?')).longest;
}
