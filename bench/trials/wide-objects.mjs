// C8: tables whose rows have 65 to 1,000 keys: read as plain objects, written, and written again with one change; each time in a fresh process, as its
// first work.
import { Master } from 'jsonmmap';
import { fork } from '../child.mjs';
import { textOf } from '../documents/index.mjs';
import { inTurns, median } from '../measure.mjs';
import { row } from '../rows.mjs';

const DOCUMENTS = ['browser support', '70 columns', '200 columns', '1000 columns'];

export async function measure({ quick }) {
  const rows = [];
  for (const document of DOCUMENTS) rows.push(...(await measureOne(document, quick ? 4 : 11)));
  return rows;
}

async function measureOne(document, rounds) {
  const region = document.replaceAll(' ', '-');
  Master.open(region, { initial: JSON.parse(textOf(document)) }).close();
  const { current, parse, write, stringify } = await inTurns(rounds, {
    current: () => fork('programs/first-document.mjs', ['current', region]),
    parse: () => fork('programs/first-document.mjs', ['parse', document]),
    write: () => fork('programs/first-write.mjs', ['write', document]),
    stringify: () => fork('programs/first-write.mjs', ['stringify', document]),
  });
  const stringifying = ['JSON.stringify', median(stringify)];
  return [
    row(`${document}: current`, {
      measured: median(current),
      baseline: ['JSON.parse', median(parse)],
      target: { text: '≤ 0.8×', ratioAtMost: 0.8 },
    }),
    row('first write', {
      measured: median(write.map(([first]) => first)),
      baseline: stringifying,
      target: { text: '≤ 2×', ratioAtMost: 2 },
    }),
    row('write again with one change', {
      measured: median(write.map(([, second]) => second)),
      baseline: stringifying,
      target: { text: '≤ 1.2×', ratioAtMost: 1.2 },
    }),
  ];
}
