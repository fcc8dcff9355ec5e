/** The agent of a region as `stat` shows it. */
import type { WrittenStatus } from '../upstream/agent/status-file.js';
import { safe } from './output/safe.js';
import type { Cell } from './output/table.js';
import { ago, count, duration } from './output/words.js';

/** Such as "nats://h/b/doc, live at revision 7 (85e29b3318ab), proved 2 seconds ago". */
export function upstreamLine({
  source,
  state,
  position,
  lagEntries,
  lagMs,
  proofAgeMs,
  writtenAt,
  refusal,
  error,
}: WrittenStatus): Cell {
  const at = position === undefined ? '' : ` at revision ${position.sequence} (${position.id.slice(0, 12)})`;
  const lag = lagEntries > 0 ? `, ${count(lagEntries, 'revision')} behind for ${duration(lagMs * 1e6)}` : '';
  const proof =
    proofAgeMs === undefined ? ', never proved' : `, proved ${ago(proofAgeMs + Math.max(0, Date.now() - writtenAt))}`;
  const reason = refusal ?? error;
  const text = `${source}, ${state}${at}${lag}${proof}${reason === undefined ? '' : `: ${reason}`}`;
  return state === 'live' ? safe(text) : { text: safe(text), style: 'yellow' };
}
