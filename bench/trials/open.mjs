// P5: a fresh process opens the large document and reads one value of it.
import { fork } from '../child.mjs';
import { copyDictionaryRegion } from '../documents/index.mjs';
import { inTurns, median } from '../measure.mjs';
import { row } from '../rows.mjs';

export async function measure({ quick }) {
  copyDictionaryRegion();
  const sample = (way) => () => fork('programs/first-read.mjs', [way]);
  const parses = await inTurns(quick ? 2 : 5, { parse: sample('parse') });
  const opens = await inTurns(quick ? 10 : 30, { open: sample('open'), again: sample('open again') });
  const parsed = ['read the file and JSON.parse', median(parses.parse)];
  const target = { text: '≤ 1 ms, ≥ 1,000× faster', atMost: 1e6, fasterBy: 1000 };
  return [
    row('open and get, the first time in its process', { measured: median(opens.open), baseline: parsed, target }),
    row('open and get, once more', { measured: median(opens.again), baseline: parsed, target }),
  ];
}
