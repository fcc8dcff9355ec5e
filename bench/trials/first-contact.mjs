// C3: a fresh process opens a region and reads one value, whatever the size of the document, beside one that reads a file of 3 KB. And no mark cycle of the
// engine's collector begins.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Master } from 'jsonmmap';
import { fork } from '../child.mjs';
import { keyOf } from '../documents/dictionary.mjs';
import { copyDictionaryRegion, DICTIONARY } from '../documents/index.mjs';
import { inTurns, median } from '../measure.mjs';
import { row } from '../rows.mjs';

const ENTRIES = { small: 40, middle: 60_000 };
const documentOf = (entries) => ({
  title: 'settings',
  list: Array.from({ length: entries }, (_, i) => ({
    id: i,
    name: `entry number ${i}`,
    on: i % 2 === 0,
    ratio: i / 7,
  })),
});

export async function measure({ quick }) {
  copyDictionaryRegion();
  for (const [name, entries] of Object.entries(ENTRIES)) Master.open(name, { initial: documentOf(entries) }).close();
  const file = join(process.env.JSONMMAP_DIR, 'small.json');
  writeFileSync(file, JSON.stringify(documentOf(ENTRIES.small)));

  const contact =
    (...args) =>
    async () =>
      fork('programs/first-contact.mjs', args);
  const answers = await inTurns(quick ? 9 : 31, {
    read: contact('read', file),
    '3 KB': contact('open', 'small', '/list/7/name'),
    '5 MB': contact('open', 'middle', '/list/777/name'),
    '100 MB': contact('open', DICTIONARY, `/users/${keyOf(1234)}/name`),
  });
  const { read, ...opens } = answers;
  const reading = median(read.map(({ elapsed }) => elapsed));
  return Object.entries(opens).flatMap(([size, contacts]) => [
    row(`open and get, ${size}`, {
      measured: median(contacts.map(({ elapsed }) => elapsed)),
      baseline: ['readFileSync of 3 KB', reading],
      target: { text: '≤ 1 ms beyond the file', atMost: reading + 1e6 },
    }),
    row(`the same: mark cycles in ${contacts.length} processes`, {
      unit: 'count',
      measured: contacts.reduce((sum, { markings }) => sum + markings, 0),
      target: { text: 'none', atMost: 0 },
    }),
  ]);
}
