/**
 * The seed's frame, `<decimal byte length>:<json>` at offset 0, written so that readers of ours never take a torn one for whole.
 * Python programs that speak the seed's protocol read and write the same frames and know nothing of what is added here.
 *
 * ```
 * 0        start          end              end + 32
 * | "<n>:" | JSON, n bytes | trailer        | whatever was there
 *                           magic 8 | sequence 8 | digest 16
 * ```
 *
 * Writing, in this order:
 *   1. the first byte becomes `!`, which is no digit: there is no frame now, for Python either;
 *   2. everything behind the first byte, trailer included;
 *   3. the first byte becomes the first digit: the frame is there.
 * A writer that dies before 3 leaves no frame; readers keep the last object they read.
 *
 * Reading copies frame and trailer, then judges the copy, which nobody can change any more:
 *   - The digest in the trailer fits. It covers the frame and the sequence number, so the copy is what one write has written,
 *     whatever the order in which the bytes were loaded or stored: nothing here depends on the processor's memory order.
 *   - It does not fit. Either a Python program has written the frame (what stands where a trailer would is old or chance), or the frame ends
 *     too close to the end of the mapping for a trailer, or the copy is torn. It is taken only if it is JSON of the promised length and two
 *     more passes over the mapping find the very same bytes. No write of ours is under way when the first of them begins, because the first
 *     byte is a digit. One that begins in it is not finished when it ends, then the first byte is `!`; or it is finished, then the
 *     second pass finds another sequence number, or another header in front of it. So there was none, the pass saw one state
 *     between two writes, and the copy is that state. Without room for a trailer there is no sequence number: a torn copy would pass if
 *     all three were torn alike, each by a whole write; but between two writes the writer encodes an object, which takes many times
 *     as long as the passes.
 *   - A Python writer marks nothing. If it is stopped in the middle of its copying, and the mixture is JSON of the right length, it passes
 *     for an object, for us as for the readers of the seed.
 *
 * The first byte is loaded and stored with Atomics, so that no compiler and, for the frames without a fitting digest, no processor moves
 * the copying across it: on x86 the store is a full barrier and loads stay in order; on ARM a store that releases comes after what it
 * publishes, and the digest covers what is left.
 */
import { createHash } from 'node:crypto';
import { randomBytes } from '../system/random.js';
import type { Memory } from './memory.js';

/** What a frame needs of a mapping. */
export type SharedBytes = Pick<Memory, 'bytes' | 'length' | 'pull' | 'push'>;

/** An object as it stood in the mapping. */
export interface Frame {
  readonly text: string;
  readonly value: unknown;
}

const BEING_WRITTEN = '!'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
/** Fifteen digits and the colon; no mapping is longer than that says. */
const HEADER_LIMIT = 16;

/** Starts with NUL, which JSON text never contains. */
const MAGIC = Buffer.from('\0jsonmm1', 'latin1');
const SEQUENCE_BYTES = 8;
const DIGEST_BYTES = 16;
const TRAILER_BYTES = MAGIC.length + SEQUENCE_BYTES + DIGEST_BYTES;

/** How long a reader tries again while a writer is at it. Copying a megabyte takes a tenth of it. */
const PATIENCE_MS = 1;
const ATTEMPTS = 3;

/** Where `firstByte` takes its load apart. */
const loaded = new BigInt64Array(1);
const firstOfLoaded = new Uint8Array(loaded.buffer);

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Number of the next write: random at first, so that a writer that was started again does not repeat one. */
let sequence: bigint | undefined;

/** Returns the frame of `text`, with a trailer where there is room for one, or undefined if it does not fit into `room` bytes. O(text). */
export function encodeFrame(text: string, room: number): Buffer | undefined {
  const bytes = Buffer.byteLength(text);
  const header = `${bytes}:`;
  const end = header.length + bytes;
  if (end > room) return undefined;
  const frame = Buffer.allocUnsafe(end + TRAILER_BYTES <= room ? end + TRAILER_BYTES : end);
  frame.write(header);
  frame.write(text, header.length);
  if (frame.length > end) seal(frame, end);
  return frame;
}

/** Replaces the frame in a writable mapping that it fits into, and returns true. O(frame). Readers find no frame while this runs. */
export function publishFrame(memory: SharedBytes, frame: Buffer): true {
  setFirstByte(memory, BEING_WRITTEN); // SYNC before the first store of the new frame; readers look for it after their last load
  memory.bytes.set(frame.subarray(1), 1);
  memory.push(1, frame.length);
  setFirstByte(memory, frame[0]!); // SYNC after the last store; pairs with the load in `firstByte`
  return true;
}

/**
 * Returns the object that stands in the mapping, or undefined when there is none: nothing written yet, garbage, or a writer that does
 * not finish within a millisecond. O(frame); never throws for what the bytes say.
 */
export function readFrame(memory: SharedBytes): Frame | undefined {
  const deadline = performance.now() + PATIENCE_MS;
  for (let attempt = 0; attempt < ATTEMPTS || performance.now() < deadline; attempt++) {
    const frame = attemptRead(memory);
    if (frame !== 'again') return frame;
  }
  return undefined;
}

function attemptRead(memory: SharedBytes): Frame | 'again' | undefined {
  const header = copyOf(memory, HEADER_LIMIT);
  const extent = parseHeader(header, memory.length);
  if (extent === undefined) return stillHolds(memory, header) ? undefined : 'again';

  const { start, end } = extent;
  const copy = copyOf(memory, end + TRAILER_BYTES);
  if (!copy.subarray(0, start).equals(header.subarray(0, start))) return 'again';
  const whole = isSealed(copy, end) || (stillHolds(memory, copy) && stillHolds(memory, copy));
  return whole ? decode(copy.subarray(start, end)) : 'again';
}

/** Where the JSON lies, or undefined when there is no header or it promises more than the mapping has. */
function parseHeader(header: Buffer, room: number): { start: number; end: number } | undefined {
  const digits = header.subarray(0, Math.max(0, header.indexOf(COLON))).toString('latin1');
  if (!/^[0-9]+$/.test(digits)) return undefined;
  const start = digits.length + 1;
  const end = start + Number(digits);
  return end <= room ? { start, end } : undefined;
}

function decode(json: Buffer): Frame | undefined {
  try {
    const text = UTF8.decode(json);
    return { text, value: JSON.parse(text) };
  } catch {
    return undefined; // not UTF-8 or not JSON: what a reader does about it does not depend on the reason
  }
}

function seal(frame: Buffer, end: number): void {
  sequence = BigInt.asUintN(64, (sequence ?? randomBytes(SEQUENCE_BYTES).readBigUInt64LE()) + 1n);
  MAGIC.copy(frame, end);
  frame.writeBigUInt64LE(sequence, end + MAGIC.length);
  digestOf(frame, end).copy(frame, end + MAGIC.length + SEQUENCE_BYTES);
}

function isSealed(frame: Buffer, end: number): boolean {
  if (frame.length < end + TRAILER_BYTES || !frame.subarray(end, end + MAGIC.length).equals(MAGIC)) return false;
  return frame.subarray(end + MAGIC.length + SEQUENCE_BYTES).equals(digestOf(frame, end));
}

/** Over the frame, the magic and the sequence number. Half of SHA-256: a mixture that fits by chance is not going to happen. */
function digestOf(frame: Buffer, end: number): Buffer {
  const covered = frame.subarray(0, end + MAGIC.length + SEQUENCE_BYTES);
  return createHash('sha256').update(covered).digest().subarray(0, DIGEST_BYTES);
}

function copyOf(memory: SharedBytes, length: number): Buffer {
  const end = Math.min(length, memory.length);
  memory.pull(0, end);
  return Buffer.from(memory.bytes.subarray(0, end));
}

/** Whether the mapping holds the same bytes as `copy`, and no write is under way before or after they are looked at. */
function stillHolds(memory: SharedBytes, copy: Buffer): boolean {
  if (firstByte(memory) === BEING_WRITTEN) return false;
  memory.pull(0, copy.length);
  return memory.bytes.subarray(0, copy.length).equals(copy) && firstByte(memory) !== BEING_WRITTEN;
}

/**
 * Loads 64 bits to look at 8: a hot `Atomics.load` of fewer becomes an addition of zero in JavaScriptCore (Bun), and that store ends the
 * process on a page that is mapped for reading. Where there are not 64 bits, a plain load has to do.
 */
function firstByte(memory: SharedBytes): number {
  memory.pull(0, 1);
  if (memory.length < loaded.byteLength) return memory.bytes[0];
  const { buffer, byteOffset } = memory.bytes;
  loaded[0] = Atomics.load(new BigInt64Array(buffer, byteOffset, 1), 0);
  return firstOfLoaded[0];
}

function setFirstByte(memory: SharedBytes, byte: number): void {
  Atomics.store(memory.bytes, 0, byte);
  memory.push(0, 1);
}
