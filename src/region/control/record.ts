/** One commit as the 64 bytes of a commit record; `layout.ts` has the diagram. */
import { checksum } from '../files/checksum.js';
import { CHECKED_WORDS, RECORD_BYTES } from '../files/layout.js';

/** Where in a log on other machines a document is from: `spec/UPSTREAM.md`. */
export interface LogPosition {
  /** The revision. */
  readonly sequence: number;
  /** The first 24 hexadecimal digits of the id of the entry there. */
  readonly id: string;
}

/** What makes a version visible: the newest root, and where its nodes end. */
export interface Commit {
  readonly version: number;
  /** The value slot of the document: two signed 32-bit words. */
  readonly rootLo: number;
  readonly rootHi: number;
  /** Number of the segment that holds its nodes. */
  readonly segment: number;
  /** Bytes of that segment which this version needs; they never change again. */
  readonly watermark: number;
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  /** Bytes of that segment at the first commit in it, when all of them were alive: how much of it is garbage is judged by them. */
  readonly freshBytes: number;
  /** Of the master of a host that follows a log: the document is the fold of the log up to there. */
  readonly position?: LogPosition;
}

export const RECORD_LONGS = RECORD_BYTES / 8;

/** The record between a `Commit` and the control file: one buffer for all, because nothing else runs in between. */
export const recordLongs: BigInt64Array = new BigInt64Array(RECORD_LONGS);
const recordWords = new Int32Array(recordLongs.buffer);
const recordDoubles = new Float64Array(recordLongs.buffer);

/** Returns the seed of the checksums of one region, so that a record of another one is never taken for one of its own. */
export function checksumSeedOf(instance: string): number {
  return Number.parseInt(instance.slice(0, 8), 16) ^ Number.parseInt(instance.slice(8), 16);
}

/** Puts `commit` into `recordLongs`, checksum included. */
export function encodeRecord(commit: Commit, checksumSeed: number): void {
  recordWords.fill(0);
  recordDoubles[0] = commit.version;
  recordWords[2] = commit.rootLo;
  recordWords[3] = commit.rootHi;
  recordWords[4] = commit.segment;
  recordWords[5] = commit.freshBytes;
  recordDoubles[3] = commit.watermark;
  recordDoubles[4] = commit.committedAt;
  if (commit.position !== undefined) encodePosition(commit.position);
  recordWords[CHECKED_WORDS] = checksum(recordWords, CHECKED_WORDS, checksumSeed);
}

/** Returns the commit in `recordLongs` if that is the whole record of `version`, by default of any version. */
export function decodeRecord(checksumSeed: number, version = recordDoubles[0]): Commit | undefined {
  if (recordDoubles[0] !== version) return undefined;
  if (recordWords[CHECKED_WORDS] !== checksum(recordWords, CHECKED_WORDS, checksumSeed)) return undefined;
  const position = decodePosition();
  return {
    version,
    rootLo: recordWords[2],
    rootHi: recordWords[3],
    segment: recordWords[4] >>> 0,
    watermark: recordDoubles[3],
    committedAt: recordDoubles[4],
    freshBytes: recordWords[5] >>> 0,
    ...(position === undefined ? undefined : { position }),
  };
}

const POSITION_LONG = 5;
const ID_BYTE = 48;
const ID_BYTES = 12;
const idBytes = Buffer.from(recordLongs.buffer, ID_BYTE, ID_BYTES);

function encodePosition({ sequence, id }: LogPosition): void {
  recordDoubles[POSITION_LONG] = sequence;
  idBytes.write(id.slice(0, 2 * ID_BYTES), 'hex');
}

/** Undefined where a commit has none. */
function decodePosition(): LogPosition | undefined {
  const sequence = recordDoubles[POSITION_LONG];
  return sequence > 0 && Number.isSafeInteger(sequence) ? { sequence, id: idBytes.toString('hex') } : undefined;
}
