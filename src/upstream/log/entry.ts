/**
 * An entry of the log, and its bytes; `spec/UPSTREAM.md` has the format.
 *
 *   {"jsonmmap":1,"id":"…","parent":"…","kind":"patch","by":"…","at":1790000000000,"message":"…","ops":{"bytes":57,"sha256":"…"}}⏎
 *   [{"op":"replace","path":"/flags/beta","value":true}]
 *
 * The id is a hash over the parent, what the first line says and the hash of the second. So the id can be checked, and the chain followed,
 * without the operations, which may be in a blob.
 */
import { createHash } from 'node:crypto';
import { invalid } from '../errors.js';
import { parseJson, parseSmallJson } from './hostile-json.js';

export type EntryKind = 'patch' | 'write' | 'ring';

/** What an entry says of itself. */
export interface EntryHeader {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** The id of the entry before it; null for the first one. */
  readonly parent: string | null;
  /** The operations are an RFC 6902 patch; a whole document; or who takes which entries (`rings.ts`). */
  readonly kind: EntryKind;
  readonly by: string;
  /** Milliseconds since 1970 by the clock of the writer, which only informs. */
  readonly at: number;
  readonly message: string;
  readonly ops: { readonly bytes: number; readonly sha256: string; readonly blob?: string };
  /** Of an ed25519 key, over the id; in base64. */
  readonly signature?: string;
}

export interface Entry extends EntryHeader {
  readonly sequence: number;
  /** The JSON text of the operations; undefined where it is in a blob. */
  readonly text: Uint8Array | undefined;
}

export type NewEntry = Pick<EntryHeader, 'parent' | 'kind' | 'by' | 'at' | 'message'>;

const HEADER_BYTES_MAX = 8192;
const TEXT_MAX = { by: 256, message: 4096 } as const;
const AT_MAX = 8.64e15;
/** What operations may take, wherever they are. */
export const OPS_BYTES_MAX = 256 * 1024 * 1024;

const HASH = /^[0-9a-f]{64}$/;
/** Names of blobs, which engines take as they are. */
const BLOB = /^[a-z]+-[0-9a-f]{16,64}(?:-[0-9a-f]{1,32})?$/;
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;

/** Returns the header of a new entry with the operations `text`; `blob` says where they are. */
export function newHeader(entry: NewEntry, text: Uint8Array, blob?: string): EntryHeader {
  const ops = { bytes: text.length, sha256: sha256(text), ...(blob === undefined ? {} : { blob }) };
  return { id: idOf(entry, ops), ...entry, ops };
}

/** Returns the bytes of an entry; without `text` where the operations are in a blob. */
export function encodeEntry(header: EntryHeader, text?: Uint8Array): Uint8Array {
  const { id, parent, kind, by, at, message, ops, signature } = header;
  const line = {
    jsonmmap: 1,
    id,
    parent,
    kind,
    by,
    at,
    message,
    ops,
    ...(signature === undefined ? {} : { signature }),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), text ?? Buffer.alloc(0)]);
}

/**
 * Returns the entry that `bytes` hold, whose id is right. O(bytes).
 * @throws `ERR_UPSTREAM_INVALID` for anything else
 */
export function decodeEntry(sequence: number, bytes: Uint8Array): Entry {
  const what = `entry ${sequence}`;
  const end = bytes.subarray(0, HEADER_BYTES_MAX).indexOf(10);
  if (end < 0) throw invalid(what, 'it does not begin with the line of an entry');
  const header = checkHeader(what, parseSmallJson(what, bytes.subarray(0, end)));
  const rest = bytes.subarray(end + 1);
  if (header.ops.blob === undefined) checkText(what, header, rest);
  else if (rest.length > 0) throw invalid(what, 'it has operations, and says that a blob has them');
  return { ...header, sequence, text: header.ops.blob === undefined ? rest : undefined };
}

/** Checks that `text` is what the header says. @throws `ERR_UPSTREAM_INVALID` */
export function checkText(what: string, { ops }: EntryHeader, text: Uint8Array): void {
  if (text.length !== ops.bytes) throw invalid(what, `its operations take ${text.length} bytes, not ${ops.bytes}`);
  if (sha256(text) !== ops.sha256) throw invalid(what, 'its operations have another hash');
}

/** Returns the value of operations. @throws `ERR_UPSTREAM_INVALID` for what is no JSON, or nested too deep */
export function parseOps(sequence: number, text: Uint8Array): unknown {
  return parseJson(`entry ${sequence}`, text);
}

/** Returns SHA-256 of `bytes`, 64 hexadecimal digits. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The canonical encoding: RFC 8785 of an array of strings, integers and null, which `JSON.stringify` gives for well-formed strings. */
function idOf({ parent, kind, by, at, message }: NewEntry, ops: EntryHeader['ops']): string {
  return sha256(JSON.stringify(['jsonmmap-entry-1', parent, kind, by, at, message, ops.bytes, ops.sha256]));
}

function checkHeader(what: string, value: unknown): EntryHeader {
  const line = record(what, value);
  if (line.jsonmmap !== 1) throw invalid(what, 'it has another format; a newer jsonmmap may read it');
  const { id, parent, kind, by, at, message, signature } = line;
  const { bytes, sha256: hash, blob } = record(what, line.ops);
  if (!isHash(id) || !(parent === null || isHash(parent)) || !isHash(hash)) throw invalid(what, 'its hashes are none');
  if (kind !== 'patch' && kind !== 'write' && kind !== 'ring') throw invalid(what, 'its kind is not known');
  if (!isText(by, TEXT_MAX.by) || !isText(message, TEXT_MAX.message))
    throw invalid(what, 'its author or message is no text, or too long');
  if (!isCount(at, AT_MAX)) throw invalid(what, 'its time is none');
  if (!isCount(bytes, OPS_BYTES_MAX)) throw invalid(what, 'the length of its operations is none, or too large');
  if (blob !== undefined && !(typeof blob === 'string' && BLOB.test(blob))) throw invalid(what, 'its blob has no name');
  if (signature !== undefined && !(typeof signature === 'string' && SIGNATURE.test(signature)))
    throw invalid(what, 'its signature is none');
  const ops = { bytes, sha256: hash, ...(blob === undefined ? {} : { blob: blob as string }) };
  const content = { parent, kind, by, at, message } as const;
  if (idOf(content, ops) !== id) throw invalid(what, 'its id is not the hash of what it says');
  return { id, ...content, ops, ...(signature === undefined ? {} : { signature: signature as string }) };
}

function record(what: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(what, 'it does not begin with the line of an entry');
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value);
}

function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length <= lengthMax && Buffer.from(value).toString() === value;
}

function isCount(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;
}
