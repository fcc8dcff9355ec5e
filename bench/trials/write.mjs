// P8: a whole document written and published, beside JSON.stringify of it: each time in a fresh process, as its first work.
import { fork } from '../child.mjs';
import { DICTIONARY } from '../documents/index.mjs';
import { inTurns, median } from '../measure.mjs';
import { row } from '../rows.mjs';

export async function measure({ quick }) {
  return [
    ...(await compare('compat data, 20.6 MB', 'compat data', quick ? 4 : 11)),
    ...(await compare('cities, 17.1 MB', 'cities', quick ? 4 : 11)),
    ...(await compare('dictionary, 100 MB', DICTIONARY, quick ? 1 : 7)),
  ];
}

async function compare(what, document, rounds) {
  const sample = (way) => () => fork('programs/first-write.mjs', [way, document]);
  const { write, stringify } = await inTurns(rounds, { write: sample('write'), stringify: sample('stringify') });
  const firsts = write.map(([first]) => first);
  const seconds = write.map(([, second]) => second);
  return [
    row(`${what}: first write`, {
      measured: median(firsts),
      baseline: ['JSON.stringify', median(stringify)],
      target: { text: '≤ 2×', ratioAtMost: 2 },
    }),
    row('write again with one change', {
      measured: median(seconds),
      baseline: ['JSON.stringify', median(stringify)],
      target: { text: '≤ 1×', ratioAtMost: 1 },
    }),
  ];
}
