// P10: how long the event loop of a follower stands still at most, while its document is changed in every way there is.
import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Master } from 'jsonmmap';
import { ask, start, stop } from '../child.mjs';
import { ENTRIES, keyOf } from '../documents/dictionary.mjs';
import { copyDictionaryRegion, DICTIONARY, textOf } from '../documents/index.mjs';
import { randomNumbers } from '../documents/random.mjs';
import { publishFile, watchedDirectory } from '../drivers/parsed-file.mjs';
import { row } from '../rows.mjs';

const random = randomNumbers(10);

export async function measure({ quick }) {
  copyDictionaryRegion();
  const master = Master.open(DICTIONARY);
  const text = textOf(DICTIONARY);
  const light = await stallsOf('light', master, { rounds: quick ? 300 : 1000, text });
  const current = await stallsOf('current', master, { rounds: quick ? 10 : 100, text });
  const parse = await stallOfParsing(text);
  const rows = (how, stalls, target) =>
    Object.entries(stalls).map(([what, measured]) =>
      row(`${how}: ${what}`, { measured, baseline: ['JSON.parse on change', parse], target }),
    );
  return [...rows('get, view, select', light, { text: '≤ 5 ms', atMost: 5e6 }), ...rows('current', current, undefined)];
}

/** The longest stall of one follower in each phase. */
async function stallsOf(way, master, { rounds, text }) {
  const child = start('programs/reader.mjs', [way]);
  await ask(child, 'warmed up?');
  await delay(500);
  await oneKeyUpdates(master, 20);
  const stalls = {};
  for (const [what, update] of Object.entries(phases(master, rounds, text))) {
    await ask(child, 'begin');
    await update();
    const { longest, version } = await ask(child, 'how long?');
    if (version !== master.version) throw new Error(`the follower is at version ${version}, not ${master.version}`);
    stalls[what] = longest;
  }
  await stop(child);
  return stalls;
}

function phases(master, rounds, text) {
  return {
    'nothing changes': () => delay(rounds * 5),
    'one-key updates': () => oneKeyUpdates(master, rounds),
    'the document rewritten with 1,000 changes': () => rewrite(master, text),
    'a compaction': () => compaction(master),
  };
}

function setRandomKey(master) {
  master.set(`/users/${keyOf(Math.floor(random() * ENTRIES))}/score`, random() * 1000);
}

/** Sets `count` random keys, 5 ms apart. */
export async function oneKeyUpdates(master, count) {
  for (let i = 0; i < count; i++) {
    setRandomKey(master);
    await delay(5);
  }
  await settle();
}

async function rewrite(master, text) {
  const document = JSON.parse(text);
  for (let i = 0; i < 1000; i++) document.users[keyOf(Math.floor(random() * ENTRIES))].score = random() * 1000;
  master.write(document);
  await settle();
}

/** Sets keys until the document lies in another file. */
export async function compaction(master) {
  const file = () => master.sizes().at(-1).path;
  const before = file();
  while (file() === before) for (let i = 0; i < 100; i++) setRandomKey(master);
  await settle();
}

/** Time for a follower to hear of the last change, however busy the machine is. */
const settle = () => delay(500);

async function stallOfParsing(text) {
  mkdirSync(watchedDirectory());
  publishFile(text);
  const child = start('programs/reader.mjs', ['parse']);
  await ask(child, 'begin');
  publishFile(text);
  for (;;) {
    await delay(500);
    const { longest, version } = await ask(child, 'how long?');
    if (version > 1) {
      await stop(child);
      return longest;
    }
  }
}
