// A fresh process sets one value of a small document now and then, as programs do that write a few times a minute, and turns a document of that size
// into text as seldom. Tells the nanoseconds of each.
import { setTimeout as delay } from 'node:timers/promises';
import { Master } from 'jsonmmap';
import { nanoseconds } from '../measure.mjs';

const IDLE_MS = 50;
const SETS = 40;
const LOOP = 20_000;

const list = Array.from({ length: 40 }, (_, i) => ({ id: i, name: `name ${i}`, on: i % 2 === 0, ratio: i / 7 }));
const flags = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`flag${i}`, i % 2 === 0]));
const document = { title: 'settings', flags, list };

const master = Master.open('cold-set', { initial: document });
const [sets, texts] = [[], []];
for (let i = 0; i < SETS; i++) {
  await delay(IDLE_MS);
  sets.push(nanoseconds(() => master.set('/list/7/ratio', i + 0.5)));
  await delay(IDLE_MS);
  texts.push(nanoseconds(() => JSON.stringify(document)));
}
const inLoop = nanoseconds(() => {
  for (let i = 0; i < LOOP; i++) master.set('/list/7/ratio', i + 0.25);
});
master.close();
const [first, ...later] = sets;
process.send({ first, sets: later, texts, loop: inLoop / LOOP }, () => process.exit(0));
