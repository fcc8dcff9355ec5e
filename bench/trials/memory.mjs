// P6: memory that belongs to one process alone (private pages, clean and dirty), after a garbage collection.
import { fork } from '../child.mjs';
import { copyDictionaryRegion } from '../documents/index.mjs';
import { inTurns, median } from '../measure.mjs';
import { row } from '../rows.mjs';

const MIB = 2 ** 20;

export async function measure({ quick }) {
  copyDictionaryRegion();
  const sample = (way) => () => fork('programs/private-memory.mjs', [way], { execArgv: ['--expose-gc'] });
  const { bare, follow } = await inTurns(quick ? 5 : 11, { bare: sample('bare'), follow: sample('follow') });
  const parse = await sample('parse')();
  const measured = median(follow) - median(bare);
  return [
    row('follower with 10,000 gets, a view, a selection', {
      unit: 'bytes',
      measured,
      baseline: ['JSON.parse of the same', parse - median(bare)],
      target: { text: '≤ 1 MiB more than bare', atMost: MIB },
    }),
    row('bare: the library loaded, nothing opened', { unit: 'bytes', measured: median(bare) }),
  ];
}
