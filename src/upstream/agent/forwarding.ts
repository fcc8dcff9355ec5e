/** Writes that other processes request of the region of a host: done upstream, for all hosts, and answered when they are in the region. */
import { applyRequest } from '../../master/apply-request.js';
import type { WriteRequest } from '../../write-requests/protocol.js';
import type { UpstreamEngine } from '../contract.js';
import { unknownOutcome } from '../errors.js';
import { pushChange } from '../push.js';
import { sleep } from './backoff.js';
import type { CatchUp } from './catch-up.js';

/** How long another process waits for its write, and how often it is looked for. */
const FORWARDED_MS = 10_000;
const LOOK_MS = 2;

/**
 * Performs `request` upstream, and resolves when the region has it.
 * @throws what refuses it, upstream or on this host; `ERR_UNANSWERED` where the region does not have it in time
 */
export async function forward(
  engine: UpstreamEngine,
  request: WriteRequest,
  catchUp: CatchUp,
  stopped: AbortSignal,
): Promise<void> {
  const message = [request.verb, request.path].filter(Boolean).join(' ');
  const { sequence } = await pushChange(engine, (master) => applyRequest(master, request), { message });
  const deadline = AbortSignal.timeout(FORWARDED_MS);
  while (catchUp.seen < sequence && !deadline.aborted && !stopped.aborted) await sleep(LOOK_MS, stopped);
  if (catchUp.refusal !== undefined) throw catchUp.refusal.error;
  if (catchUp.seen < sequence) throw unknownOutcome(new Error(`revision ${sequence} has it, and is not here yet`));
}
