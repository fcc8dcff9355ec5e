import { materialize } from '../../src/format/read/materialize.js';
import type { Written } from '../unit/written.js';

/** A test vector as its file has it. `spec/FORMAT.md` says what the fields mean. */
export interface Vector {
  readonly name: string;
  readonly json: Text;
  readonly hashSeed: number;
  readonly nodeIdBase: number;
  readonly rootLo: number;
  readonly rootHi: number;
  readonly bytesHex: Text;
}

/** A text, or what makes one: pieces in their order, some of them repeated. */
export type Text = string | readonly (string | { readonly repeat: string; readonly times: number })[];

export const HEADER_BYTES = 64;
const REPEATS_MIN = 32;
/** Hexadecimal digits of a word. */
const WORD_DIGITS = 16;

/** The vector of a tree. */
export function vectorOf(name: string, { segment, writer, lo, hi }: Written): Vector {
  return {
    name,
    json: folded(asciiOnly(JSON.stringify(materialize(writer.reader, lo, hi))), /(null,|\\u[0-9a-f]{4}|.)\1{31,}/g),
    hashSeed: segment.hashSeed,
    nodeIdBase: segment.nodeIdBase,
    rootLo: lo >>> 0,
    rootHi: hi >>> 0,
    bytesHex: foldedWords(segment.bytes.toString('hex', HEADER_BYTES, segment.limit)),
  };
}

/** The text that `text` makes. */
export function unfolded(text: Text): string {
  if (typeof text === 'string') return text;
  return text.map((piece) => (typeof piece === 'string' ? piece : piece.repeat.repeat(piece.times))).join('');
}

/** Escapes as JSON allows it, so that no tool on the way changes a lone surrogate or a space. */
function asciiOnly(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Folds words of 8 bytes that are repeated at least `REPEATS_MIN` times. O(length). */
function foldedWords(hex: string): Text {
  const pieces: (string | { repeat: string; times: number })[] = [];
  let from = 0;
  for (let at = 0; at < hex.length; ) {
    const repeat = hex.slice(at, at + WORD_DIGITS);
    let times = 1;
    while (hex.startsWith(repeat, at + times * WORD_DIGITS)) times++;
    if (times >= REPEATS_MIN) {
      if (at > from) pieces.push(hex.slice(from, at));
      pieces.push({ repeat, times });
      from = at + times * WORD_DIGITS;
    }
    at += times * WORD_DIGITS;
  }
  if (pieces.length === 0) return hex;
  return from < hex.length ? [...pieces, hex.slice(from)] : pieces;
}

/** Folds what `pattern` finds: a group that is repeated at least `REPEATS_MIN` times. */
function folded(text: string, pattern: RegExp): Text {
  const pieces: (string | { repeat: string; times: number })[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const times = match[0].length / match[1].length;
    if (times < REPEATS_MIN) continue;
    if (match.index > from) pieces.push(text.slice(from, match.index));
    pieces.push({ repeat: match[1], times });
    from = match.index + match[0].length;
  }
  if (pieces.length === 0) return text;
  return from < text.length ? [...pieces, text.slice(from)] : pieces;
}
