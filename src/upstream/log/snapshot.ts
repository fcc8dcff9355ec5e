/** Snapshots: the whole document at a revision, for hosts that do not have it. Derived from the log: any writer may make one, and the last one counts. */
import type { JsonMmapError } from '../../errors.js';
import type { UpstreamEngine } from '../contract.js';
import { invalid } from '../errors.js';
import { sha256 } from './entry.js';
import { parseJson, parseSmallJson } from './hostile-json.js';
import { whereIs } from './lineage.js';
import { type Allowed, isRefusal } from './operations.js';
import type { Position } from './position.js';
import { type Rings, ringsOf } from './rings.js';
import type { Sign } from './signature.js';

export interface Snapshot {
  readonly position: Position;
  readonly document: unknown;
  /** Which hosts take what, as the entries up to it say. */
  readonly rings: Rings;
  readonly bytes: number;
}

interface Pointer {
  readonly sequence: number;
  readonly id: string;
  readonly blob: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The blob of the snapshot before it, which somebody may still be reading. */
  readonly previous: string | undefined;
  readonly rings: Rings;
  /** Over `signedId`. */
  readonly signature: string | undefined;
}

const BLOB = /^snapshot-[0-9a-f]{64}-[0-9a-f]{1,32}$/;
const HASH = /^[0-9a-f]{64}$/;

/** Stores the document at `position` as the newest snapshot, and deletes the one before the last. */
export async function storeSnapshot(
  engine: UpstreamEngine,
  { position, document, rings }: Omit<Snapshot, 'bytes'>,
  sign?: Sign | undefined,
): Promise<void> {
  const text = Buffer.from(JSON.stringify(document));
  if (text.length > engine.limits.blobBytes) return; // nobody can load it: the log goes on without
  const before = await pointerOf(engine).catch(() => undefined);
  // A name for each: a blob of the same document may be deleted while somebody makes this.
  const unique = `${Date.now().toString(16)}${Math.floor(Math.random() * 2 ** 32).toString(16)}`;
  const blob = `snapshot-${sha256(text)}-${unique}`;
  await engine.putBlob(blob, text);
  const found = { ...position, blob, bytes: text.length, sha256: sha256(text), rings };
  const signature = sign?.(signedId(found));
  const pointer = { jsonmmap: 1, ...found, previous: before?.blob, signature };
  await engine.setSnapshot(Buffer.from(JSON.stringify(pointer)));
  if (before?.previous !== undefined) await engine.deleteBlob(before.previous);
}

/**
 * Returns the newest snapshot, undefined where there is none of the history that the log has now.
 * @throws `ERR_UPSTREAM_INVALID` for one that is not what its pointer says, or is not signed; `ERR_UPSTREAM`
 */
async function loadSnapshot(engine: UpstreamEngine, { maxBytes, trust }: Allowed): Promise<Snapshot | undefined> {
  const pointer = await pointerOf(engine);
  if (pointer === undefined || !(await isOfLog(engine, pointer))) return undefined;
  const what = `the snapshot of revision ${pointer.sequence}`;
  trust(what, { id: signedId(pointer), signature: pointer.signature });
  if (pointer.bytes > maxBytes)
    throw invalid(what, `it takes ${pointer.bytes} bytes, and ${maxBytes} are allowed here`);
  const text = await engine.getBlob(pointer.blob, pointer.bytes);
  if (text === undefined) throw invalid(what, 'its blob does not exist');
  if (text.length !== pointer.bytes || sha256(text) !== pointer.sha256) throw invalid(what, 'it has another hash');
  const { sequence, id, rings } = pointer;
  return { position: { sequence, id }, document: parseJson(what, text), rings, bytes: text.length };
}

/** Returns the newest snapshot, or why it cannot be used: the log itself may still reach back to its first entry. @throws `ERR_UPSTREAM` */
export async function trySnapshot(
  engine: UpstreamEngine,
  allowed: Allowed,
): Promise<{ readonly snapshot?: Snapshot | undefined; readonly fault?: JsonMmapError }> {
  try {
    return { snapshot: await loadSnapshot(engine, allowed) };
  } catch (error) {
    if (isRefusal(error)) return { fault: error as JsonMmapError };
    throw error;
  }
}

/** Whether the log has the entry that the snapshot names, or goes on from it. */
async function isOfLog(engine: UpstreamEngine, position: Position): Promise<boolean> {
  const place = await whereIs(engine, position);
  return place !== undefined && place.is !== 'other';
}

async function pointerOf(engine: UpstreamEngine): Promise<Pointer | undefined> {
  const bytes = await engine.getSnapshot();
  if (bytes === undefined) return undefined;
  const what = 'the pointer to the newest snapshot';
  const value = parseSmallJson(what, bytes) as Record<string, unknown> | null;
  const { jsonmmap, sequence, id, blob, bytes: length, sha256: hash, previous, signature } = value ?? {};
  const isWhole = jsonmmap === 1 && isCount(sequence) && isCount(length) && isHash(id) && isHash(hash) && isBlob(blob);
  if (!isWhole) throw invalid(what, 'it is none');
  const rings = ringsOf(what, value?.rings);
  const optional = {
    previous: isBlob(previous) ? previous : undefined,
    signature: typeof signature === 'string' ? signature : undefined,
  };
  return { sequence, id, blob, bytes: length, sha256: hash, rings, ...optional };
}

/** What a signature of a snapshot is over: all that it does to a host. Where its bytes are does not count. */
function signedId({
  sequence,
  id,
  bytes,
  sha256: hash,
  rings,
}: Omit<Pointer, 'blob' | 'previous' | 'signature'>): string {
  const pins = Object.entries(rings.pins).sort(([a], [b]) => (a < b ? -1 : 1));
  const { since, share } = rings.canary ?? { since: 0, share: 0 };
  return sha256(JSON.stringify(['jsonmmap-snapshot-1', sequence, id, bytes, hash, since, share, pins]));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value);
}

function isBlob(value: unknown): value is string {
  return typeof value === 'string' && BLOB.test(value);
}
