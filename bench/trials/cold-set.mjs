// C5: one value of a small document set after 50 ms without work, in processes that have written less than a hundred times, beside JSON.stringify of
// the document as cold.
import { fork } from '../child.mjs';
import { median } from '../measure.mjs';
import { row } from '../rows.mjs';

export async function measure({ quick }) {
  const answers = [];
  for (let round = 0; round < (quick ? 3 : 9); round++) answers.push(await fork('programs/cold-set.mjs'));
  const baseline = ['JSON.stringify of 3 KB, as cold', median(answers.flatMap(({ texts }) => texts))];
  return [
    row('set after 50 ms without work, p50', {
      measured: median(answers.flatMap(({ sets }) => sets)),
      baseline,
      target: { text: '≤ 3× JSON.stringify', ratioAtMost: 3 },
    }),
    row('the first set of the process', { measured: median(answers.map(({ first }) => first)), baseline }),
    row('the same set in a loop', { measured: median(answers.map(({ loop }) => loop)) }),
  ];
}
