/** What an entry does: its operations, checked, and done to a document. */
import type { JsonPatch } from '../../format/compare/json-patch.js';
import type { Master } from '../../master/master.js';
import type { UpstreamEngine } from '../contract.js';
import { invalid } from '../errors.js';
import { checkText, type Entry, OPS_BYTES_MAX, parseOps } from './entry.js';
import { TRUST_ALL, type Trust } from './signature.js';

/** What a reader accepts, whatever the log says. */
export interface Allowed {
  /** Bytes of the operations of an entry, and of a snapshot. */
  readonly maxBytes: number;
  /** Whose entries and snapshots. */
  readonly trust: Trust;
}

export const ALLOWED: Allowed = { maxBytes: OPS_BYTES_MAX, trust: TRUST_ALL };

/** Returns the operations of an entry, from its blob where they are in one. @throws `ERR_UPSTREAM_INVALID`, `ERR_UPSTREAM` */
export async function operationsOf(
  engine: UpstreamEngine,
  entry: Entry,
  { maxBytes }: Pick<Allowed, 'maxBytes'>,
): Promise<unknown> {
  const what = `entry ${entry.sequence}`;
  if (entry.ops.bytes > maxBytes)
    throw invalid(what, `its operations take ${entry.ops.bytes} bytes, and ${maxBytes} are allowed here`);
  if (entry.text !== undefined) return parseOps(entry.sequence, entry.text);
  const name = entry.ops.blob as string;
  const text = await engine.getBlob(name, entry.ops.bytes);
  if (text === undefined) throw invalid(what, `its blob ${name} does not exist`);
  checkText(what, entry, text);
  return parseOps(entry.sequence, text);
}

/**
 * Does to the document of `master` what an entry says, as one version; nothing where it throws.
 * @throws `ERR_UPSTREAM_INVALID` for the first entry of a log that is no document; what `Master.patch` and `Master.write` throw
 */
export function applyOperations(
  master: Master,
  entry: Pick<Entry, 'kind' | 'parent' | 'sequence'>,
  operations: unknown,
): number {
  if (entry.kind === 'write') return master.write(operations);
  if (entry.parent === null) throw invalid(`entry ${entry.sequence}`, 'it is the first one, and no whole document');
  return master.patch(operations as JsonPatch);
}

/** Whether an error says that the entry cannot be applied, now or ever: what else there is may pass. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.has((error as { code?: unknown }).code as string);
}

const REFUSALS: ReadonlySet<string> = new Set([
  'ERR_SCHEMA',
  'ERR_PATCH_TEST_FAILED',
  'ERR_PATCH_INVALID',
  'ERR_PATH_INVALID',
  'ERR_PATH_NOT_FOUND',
  'ERR_NOT_SERIALIZABLE',
  'ERR_TOO_LARGE',
  'ERR_UPSTREAM_INVALID',
]);
