/** The 64 bytes that open every file of a region: what it is, whose it is, and a checksum over both. */
import { readSync } from 'node:fs';
import { perform } from '../../errors.js';
import { corrupt, foreign } from '../errors.js';
import { checksum } from './checksum.js';
import {
  BYTE_ORDER_MARK,
  CHECKED_WORDS,
  type CONTROL_MAGIC,
  FORMAT_VERSION,
  HEADER_BYTES,
  type SEGMENT_MAGIC,
} from './layout.js';

export interface FileHeader {
  readonly magic: typeof CONTROL_MAGIC | typeof SEGMENT_MAGIC;
  /** 16 hexadecimal digits, drawn at the creation of the region and written into each of its files. */
  readonly instance: string;
  /** Ring capacity of a control file, number of a segment. */
  readonly number: number;
  readonly hashSeed: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** 0 in a control file. */
  readonly nodeIdBase: number;
}

/** Returns the bytes of `header`, checksum included. */
export function encodeHeader(header: FileHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, HEADER_BYTES / 4);
  const doubles = new Float64Array(bytes.buffer, bytes.byteOffset, HEADER_BYTES / 8);
  bytes.write(header.magic, 'latin1');
  words[2] = FORMAT_VERSION;
  words[3] = BYTE_ORDER_MARK;
  words[4] = Number.parseInt(header.instance.slice(8), 16);
  words[5] = Number.parseInt(header.instance.slice(0, 8), 16);
  words[6] = header.number;
  words[7] = header.hashSeed;
  doubles[4] = header.createdAt;
  doubles[5] = header.nodeIdBase;
  words[CHECKED_WORDS] = checksum(words, CHECKED_WORDS, 0);
  return bytes;
}

/**
 * Reads and validates the header of an open file.
 * @throws `ERR_REGION_CORRUPT` when it is no file of ours or a damaged one, `ERR_REGION_FORMAT` when another version or a machine
 *   of another byte order wrote it.
 */
export function readHeader(fd: number, path: string, magic: FileHeader['magic']): FileHeader {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const count = perform(`read ${path}`, () => readSync(fd, bytes, 0, HEADER_BYTES, 0));
  if (count < HEADER_BYTES) throw corrupt(path, 'it is shorter than a header');
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, HEADER_BYTES / 4);
  const doubles = new Float64Array(bytes.buffer, bytes.byteOffset, HEADER_BYTES / 8);
  if (bytes.toString('latin1', 0, 8) !== magic) throw corrupt(path, `it does not begin with ${magic}`);
  if (words[3] !== BYTE_ORDER_MARK) throw foreign(path, 'a machine of another byte order wrote it');
  if (words[2] !== FORMAT_VERSION)
    throw foreign(path, `its format is ${words[2] >>> 0}, this is format ${FORMAT_VERSION}`);
  if (words[CHECKED_WORDS] !== checksum(words, CHECKED_WORDS, 0))
    throw corrupt(path, 'the checksum of its header is wrong');
  return {
    magic,
    instance: hex(words[5]) + hex(words[4]),
    number: words[6] >>> 0,
    hashSeed: words[7] >>> 0,
    createdAt: doubles[4],
    nodeIdBase: doubles[5],
  };
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
