// P3: one key of a large document set and published, over and over, beside writing the whole document into a file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Follower, Master } from 'jsonmmap';
import { ENTRIES, keyOf } from '../documents/dictionary.mjs';
import { copyDictionaryRegion, DICTIONARY, textOf } from '../documents/index.mjs';
import { randomNumbers } from '../documents/random.mjs';
import { median, nanoseconds, percentile } from '../measure.mjs';
import { row } from '../rows.mjs';

export async function measure({ quick }) {
  copyDictionaryRegion();
  const master = Master.open(DICTIONARY);
  const follower = Follower.open(DICTIONARY);
  const document = JSON.parse(textOf(DICTIONARY));
  const file = join(process.env.JSONMMAP_DIR, 'document.json');

  const rounds = quick ? 3 : 7;
  const random = randomNumbers(3);
  const [sets, appended, writes] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < (quick ? 3000 : 10_000); i++) {
      const path = `/users/${keyOf(Math.floor(random() * ENTRIES))}/score`;
      const value = random() * 1000;
      sets.push(nanoseconds(() => master.set(path, value)));
    }
    appended.push(...appendedBytes(follower.history()));
    writes.push(nanoseconds(() => writeFileSync(file, JSON.stringify(document))));
  }
  const p50 = median(sets);
  return [
    row('set a random key, p50', {
      measured: p50,
      baseline: ['JSON.stringify and write a file', median(writes)],
      target: { text: '≤ 20 µs, ≥ 10,000× faster', atMost: 20_000, fasterBy: 10_000 },
    }),
    row('the same, p99', { measured: percentile(sets, 0.99) }),
    row('bytes appended by it, median', {
      unit: 'bytes',
      measured: median(appended),
      target: { text: '≤ 8 KiB', atMost: 8192 },
    }),
  ];
}

/** Bytes between each two commits that follow each other in one segment. */
function appendedBytes(commits) {
  const pairs = commits.slice(1).map((before, i) => [before, commits[i]]);
  return pairs.filter(([a, b]) => a.segment === b.segment).map(([a, b]) => b.watermark - a.watermark);
}
