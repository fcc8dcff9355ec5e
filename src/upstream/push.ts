/** Writing to the log of a document: a whole document becomes a patch where that is smaller. */
import { hostname, userInfo } from 'node:os';
import { JsonMmapError } from '../errors.js';
import type { JsonPatch } from '../format/compare/json-patch.js';
import type { Master } from '../master/master.js';
import type { UpstreamEngine } from './contract.js';
import { conflict } from './errors.js';
import { appendEntry } from './log/append.js';
import { LogDocument } from './log/document.js';
import type { EntryKind } from './log/entry.js';
import { guarded } from './log/guard.js';
import { ALLOWED, type Allowed } from './log/operations.js';
import type { Position } from './log/position.js';
import type { RingOperation } from './log/rings.js';
import { type Sign, trustIn } from './log/signature.js';
import { storeSnapshot } from './log/snapshot.js';

export interface PushOptions {
  /** Default: user and host of this process. */
  readonly by?: string | undefined;
  readonly message?: string | undefined;
  /** Only if this is the newest revision; 0: only if there is none. */
  readonly ifRevision?: number | undefined;
  /**
   * How often to write again after another writer was first, unless it changed the same values. Default 0. With `ifRevision`, the
   * change is what differs from that revision.
   */
  readonly retries?: number | undefined;
  /** What is pushed is for this share of the hosts, from 0 to 1, until it is promoted or rolled back. */
  readonly canary?: number | undefined;
  /** Returns the signature of an id. */
  readonly sign?: Sign | undefined;
  /** A file with ed25519 public keys in PEM form: what none of them has signed is left out, as hosts with these keys leave it out. */
  readonly trust?: string | undefined;
}

export interface Pushed extends Position {
  readonly kind: EntryKind;
  /** False where the document was the newest one already: nothing was written. */
  readonly changed: boolean;
  /** Bytes of the operations. */
  readonly bytes: number;
}

/** With which a change that holds whatever the document is comes through. */
const ATTEMPTS = 20;
/** A snapshot is made after so many entries, or when what is behind it takes so much more than the document. */
const ENTRIES_BETWEEN_SNAPSHOTS = 256;
const BYTES_BETWEEN_SNAPSHOTS = 1024 * 1024;

/**
 * Makes `document` the newest revision, and returns it.
 * @throws `ERR_UPSTREAM_CONFLICT` where another writer was first, `ERR_UPSTREAM`, `ERR_UNANSWERED`, `ERR_TOO_LARGE`, `ERR_NOT_SERIALIZABLE`
 */
export async function push(engine: UpstreamEngine, document: unknown, options: PushOptions = {}): Promise<Pushed> {
  let before = await baseOf(engine, options);
  try {
    const base = before.value;
    const isWhole = before.position.sequence === 0 || before.refused !== undefined;
    let change = before.change((master) => master.write(document));
    if (change.length === 0 && !isWhole) return unchanged(before.position);
    for (let retries = options.retries ?? 0; ; retries--) {
      try {
        return await appendSmaller(engine, before, isWhole ? undefined : change, options);
      } catch (error) {
        if (retries <= 0 || isWhole || !isConflict(error)) throw error;
        const newest = await newestOf(engine, options);
        before.close();
        before = newest;
        change = rebased(newest, guarded(change, base), error as JsonMmapError);
      }
    }
  } finally {
    before.close();
  }
}

/**
 * Does `change` to the newest document, whatever that is, and pushes it. Repeats this after each writer that was first, unless `ifRevision` says
 * which document it has to be.
 * @throws what `change` throws; what `push` throws, without `ifRevision` but for a conflict with many in a row
 */
export async function pushChange(
  engine: UpstreamEngine,
  change: (master: Master) => number,
  options: Omit<PushOptions, 'retries'> = {},
): Promise<Pushed> {
  for (let attempt = 1; ; attempt++) {
    const newest = await expected(engine, options);
    try {
      const isWhole = newest.position.sequence === 0 || newest.refused !== undefined;
      const patch = newest.change(change);
      if (patch.length === 0 && !isWhole) return unchanged(newest.position);
      return await appendSmaller(engine, newest, isWhole ? undefined : patch, options);
    } catch (error) {
      if (attempt >= ATTEMPTS || options.ifRevision !== undefined || !isConflict(error)) throw error;
    } finally {
      newest.close();
    }
  }
}

/**
 * Makes the document as it was at `revision` the newest one: a new entry, so that every host comes to it going forward.
 * @throws `ERR_VERSION_GONE`, and what `push` throws
 */
export async function rollback(engine: UpstreamEngine, revision: number, options: PushOptions = {}): Promise<Pushed> {
  const target = await LogDocument.at(engine, revision, allowedBy(options));
  const newest = await expected(engine, options);
  try {
    const message = options.message ?? `rollback to revision ${revision}`;
    const { rings } = newest;
    const pushed = await append(engine, newest, 'write', target.value, { ...options, message });
    if (rings.canary === undefined) return pushed;
    const promoted = await append(
      engine,
      { position: pushed, stored: pushed.sequence },
      'ring',
      { promote: true },
      options,
    );
    return { ...pushed, sequence: promoted.sequence, id: promoted.id };
  } finally {
    newest.close();
    target.close();
  }
}

/** Says which hosts take what: `rings.ts`. */
export async function ring(
  engine: UpstreamEngine,
  operation: RingOperation,
  options: PushOptions = {},
): Promise<Pushed> {
  const newest = await expected(engine, options);
  try {
    return await append(engine, newest, 'ring', operation, options);
  } finally {
    newest.close();
  }
}

function allowedBy({ trust }: PushOptions): Allowed {
  return { ...ALLOWED, trust: trustIn(trust) };
}

function newestOf(engine: UpstreamEngine, options: PushOptions): Promise<LogDocument> {
  return LogDocument.at(engine, undefined, allowedBy(options));
}

/**
 * The document that a push starts from. One that may be written again behind others can be based on an older revision: its change is
 * applied to the newest document.
 */
function baseOf(engine: UpstreamEngine, options: PushOptions): Promise<LogDocument> {
  const { ifRevision = 0, retries = 0 } = options;
  const isRebased = ifRevision > 0 && retries > 0;
  return isRebased ? LogDocument.at(engine, ifRevision, allowedBy(options)) : expected(engine, options);
}

async function expected(engine: UpstreamEngine, options: PushOptions): Promise<LogDocument> {
  const { ifRevision } = options;
  const newest = await newestOf(engine, options);
  if (ifRevision === undefined || newest.position.sequence === ifRevision) return newest;
  newest.close();
  throw conflict(ifRevision, newest.position.sequence);
}

/** The patch, or the document where that is not longer. */
async function appendSmaller(
  engine: UpstreamEngine,
  newest: LogDocument,
  change: JsonPatch | undefined,
  options: PushOptions,
): Promise<Pushed> {
  const { value } = newest;
  if (options.canary !== undefined) await begin(engine, newest, options.canary, options);
  const isPatch = change !== undefined && JSON.stringify(change).length < JSON.stringify(value).length;
  const pushed = await append(engine, newest, isPatch ? 'patch' : 'write', isPatch ? change : value, options);
  if (isSnapshotDue(newest, pushed)) {
    const { sequence, id } = pushed;
    const snapshot = { position: { sequence, id }, document: value, rings: newest.rings };
    await storeSnapshot(engine, snapshot, options.sign);
  }
  return pushed;
}

/** What follows is for a share of the hosts. */
async function begin(engine: UpstreamEngine, newest: LogDocument, share: number, options: PushOptions): Promise<void> {
  if (newest.position.sequence === 0)
    throw new JsonMmapError('ERR_INVALID_ARG', 'the first document is for all hosts: push it without a canary');
  const position = await append(engine, newest, 'ring', { canary: { share } }, options);
  newest.position = position;
  newest.stored = position.sequence;
  newest.rings = { ...newest.rings, canary: { since: position.sequence, share } };
}

/** Where the entries of a canary are for some hosts only, the others may have to begin before them. */
function isSnapshotDue({ since, rings }: LogDocument, { bytes }: Pushed): boolean {
  if (rings.canary !== undefined) return false;
  return (
    since.entries + 1 >= ENTRIES_BETWEEN_SNAPSHOTS ||
    since.bytes + bytes > BYTES_BETWEEN_SNAPSHOTS + 2 * since.documentBytes
  );
}

async function append(
  engine: UpstreamEngine,
  { position, stored }: Pick<LogDocument, 'position' | 'stored'>,
  kind: EntryKind,
  value: unknown,
  { by = `${userInfo().username}@${hostname()}`, message = '', sign }: PushOptions,
): Promise<Pushed> {
  const parent = position.sequence === 0 ? null : position.id;
  const entry = { parent, kind, by, at: Date.now(), message };
  const appended = await appendEntry(engine, entry, value, { after: stored, sign });
  return { ...appended, kind, changed: true, bytes: Buffer.byteLength(JSON.stringify(value)) };
}

function rebased(newest: LogDocument, change: JsonPatch, conflict: JsonMmapError): JsonPatch {
  try {
    return newest.change((master) => master.patch(change));
  } catch (cause) {
    throw new JsonMmapError(
      'ERR_UPSTREAM_CONFLICT',
      `${conflict.summary}, and the change does not fit behind it: ${(cause as Error).message}`,
      { ...conflict, cause },
    );
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof JsonMmapError && error.code === 'ERR_UPSTREAM_CONFLICT';
}

function unchanged({ sequence, id }: Position): Pushed {
  return { sequence, id, kind: 'patch', changed: false, bytes: 0 };
}
