// C4: the whole document as plain objects, the first time in a process that has loaded the library and opened the region, beside JSON.parse of the text as
// cold: documents of 6 KB to 100 MB of different make.
import { Master } from 'jsonmmap';
import { fork } from '../child.mjs';
import { copyDictionaryRegion, DICTIONARY, textOf } from '../documents/index.mjs';
import { inTurns, median } from '../measure.mjs';
import { row } from '../rows.mjs';

const MILLISECOND = 1e6;
/** From here on the target is a ratio. */
const LARGE_BYTES = 10e6;
const DOCUMENTS = {
  '6 KB, a package.json': 'package',
  '0.1 MB, compat data of MathML': 'compat data of mathml',
  '1.5 MB, compat data of JavaScript': 'compat data of javascript',
  '2.3 MB, counties': 'counties',
  '4.3 MB, compat data of CSS': 'compat data of css',
  '17 MB, cities': 'cities',
  '21 MB, compat data': 'compat data',
  '100 MB, a dictionary': DICTIONARY,
};

export async function measure({ quick }) {
  copyDictionaryRegion();
  const rows = [];
  for (const [what, document] of Object.entries(DOCUMENTS)) rows.push(await measureOne(what, document, quick));
  return rows;
}

async function measureOne(what, document, quick) {
  const { length } = textOf(document);
  const region = document.replaceAll(' ', '-');
  if (document !== DICTIONARY) Master.open(region, { initial: JSON.parse(textOf(document)) }).close();
  const { current, parse } = await inTurns(roundsFor(length, quick), {
    current: () => fork('programs/first-document.mjs', ['current', region]),
    parse: () => fork('programs/first-document.mjs', ['parse', document]),
  });
  const parsing = median(parse);
  const target =
    length < LARGE_BYTES
      ? { text: '≤ 1× + 1 ms', atMost: parsing + MILLISECOND }
      : { text: '≤ 0.6×', ratioAtMost: 0.6 };
  return row(what, { measured: median(current), baseline: ['JSON.parse', parsing], target });
}

function roundsFor(length, quick) {
  if (length > 5 * LARGE_BYTES) return quick ? 1 : 5;
  return quick ? 5 : 15;
}
