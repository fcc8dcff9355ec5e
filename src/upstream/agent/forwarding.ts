/** Writes that other processes request of the region of a host: done upstream, for all hosts, and answered when they are in the region. */
import { JsonMmapError } from '../../errors.js';
import { applyRequest } from '../../master/apply-request.js';
import { conflict } from '../../region/errors.js';
import type { WriteRequest } from '../../write-requests/protocol.js';
import type { UpstreamEngine } from '../contract.js';
import { unknownOutcome, upstreamError } from '../errors.js';
import { pushChange } from '../push.js';
import { sleep } from './backoff.js';
import type { CatchUp } from './catch-up.js';
import type { FollowedRegion } from './region.js';

/** How long another process waits for its write, and how often it is looked for. */
const FORWARDED_MS = 10_000;
const LOOK_MS = 2;

/** What a host forwards with. */
export interface Forwarding {
  readonly engine: UpstreamEngine;
  readonly region: FollowedRegion;
  readonly catchUp: CatchUp;
  readonly stopped: AbortSignal;
}

/**
 * Performs `request` upstream, and resolves when the region has it.
 * @throws what refuses it, upstream or on this host; `ERR_CONFLICT` where the region, or the log, has gone on since `ifVersion`;
 *   `ERR_UNANSWERED` where the region does not have it in time
 */
export async function forward(forwarding: Forwarding, request: WriteRequest): Promise<void> {
  const { catchUp } = forwarding;
  const { sequence } = await pushed(forwarding, request);
  const isHere = await arrived(forwarding, sequence);
  if (catchUp.refusal !== undefined) throw catchUp.refusal.error;
  if (!isHere) throw unknownOutcome(new Error(`revision ${sequence} has it, and is not here yet`));
}

/** A version of the region is a revision of the log: the write is for that one. */
async function pushed(forwarding: Forwarding, { ifVersion, ...write }: WriteRequest): Promise<{ sequence: number }> {
  const { engine, region } = forwarding;
  const message = [write.verb, write.path].filter(Boolean).join(' ');
  const ifRevision = ifVersion === undefined ? undefined : revisionOf(region, ifVersion);
  try {
    return await pushChange(engine, (master) => applyRequest(master, write), { message, ifRevision });
  } catch (error) {
    if (ifVersion === undefined || !(error instanceof JsonMmapError) || error.code !== 'ERR_UPSTREAM_CONFLICT')
      throw error;
    const { sequence } = error as { sequence?: number };
    if (sequence !== undefined) await arrived(forwarding, sequence); // who reads again finds what was first
    throw overtaken(region, ifVersion, error);
  }
}

/** The revision of the document of the region, if that has the version `expected`. */
function revisionOf({ newestVersion, position }: FollowedRegion, expected: number): number {
  if (newestVersion !== expected) throw conflict(expected, newestVersion);
  if (position !== undefined) return position.sequence;
  if (expected === 0) return 0;
  throw upstreamError(
    'compare versions',
    new Error('the document of this region is from no revision upstream: push one first'),
  );
}

/** Whether the region has, or has passed, the revision in time. */
async function arrived({ catchUp, stopped }: Forwarding, sequence: number): Promise<boolean> {
  const deadline = AbortSignal.timeout(FORWARDED_MS);
  while (catchUp.seen < sequence && !deadline.aborted && !stopped.aborted) await sleep(LOOK_MS, stopped);
  return catchUp.seen >= sequence;
}

function overtaken({ newestVersion }: FollowedRegion, expected: number, cause: JsonMmapError): JsonMmapError {
  const { code, summary, cure } = conflict(expected, newestVersion);
  const why =
    newestVersion === expected ? `upstream, ${cause.summary.replace(/^nothing was written: /, '')}` : undefined;
  const text = why === undefined ? summary : `nothing was written: ${why}`;
  return new JsonMmapError(code, text, { version: newestVersion, expected, cure, cause });
}
