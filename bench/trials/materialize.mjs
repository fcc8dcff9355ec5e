// P7: the whole document as plain objects, beside JSON.parse of its text: each time in a fresh process, as its first work.
import { Master } from 'jsonmmap';
import { fork } from '../child.mjs';
import { copyDictionaryRegion, DICTIONARY, textOf } from '../documents/index.mjs';
import { inTurns, median } from '../measure.mjs';
import { row } from '../rows.mjs';

export async function measure({ quick }) {
  Master.open('compat-data', { initial: JSON.parse(textOf('compat data')) }).close();
  Master.open('cities', { initial: JSON.parse(textOf('cities')) }).close();
  copyDictionaryRegion();
  return [
    await compare('compat data, 20.6 MB', 'compat-data', 'compat data', quick ? 4 : 11),
    await compare('cities, 17.1 MB', 'cities', 'cities', quick ? 4 : 11),
    await compare('dictionary, 100 MB', DICTIONARY, DICTIONARY, quick ? 2 : 7),
  ];
}

async function compare(what, region, document, rounds) {
  const { current, parse } = await inTurns(rounds, {
    current: () => fork('programs/first-document.mjs', ['current', region]),
    parse: () => fork('programs/first-document.mjs', ['parse', document]),
  });
  return row(what, {
    measured: median(current),
    baseline: ['JSON.parse', median(parse)],
    target: { text: '≤ 0.6×', ratioAtMost: 0.6 },
  });
}
