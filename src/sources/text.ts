/** Bytes as text. */
import { Buffer, isUtf8 } from 'node:buffer';
import { SourceFault } from './position.js';

/** Returns the text of UTF-8, without a byte order mark. O(length). @throws `SourceFault` for what is none */
export function decode(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  if (isUtf8(bytes)) return withoutNul(text);
  if (isUtf16(bytes)) throw new SourceFault('it is UTF-16: save it as UTF-8');
  throw SourceFault.at(text, validPrefix(bytes), 'it is not UTF-8: save it as UTF-8');
}

/** No format has it in a text, but some parsers take it for a letter. */
function withoutNul(text: string): string {
  const nul = text.indexOf('\0');
  if (nul >= 0) throw SourceFault.at(text, nul, 'it holds a zero byte: is it a text?');
  return text;
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The number of characters before the first byte that is no UTF-8, give or take one. */
function validPrefix(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isUtf8(wholeCharacters(bytes, middle))) low = middle;
    else high = middle - 1;
  }
  return Buffer.from(wholeCharacters(bytes, low)).toString('utf8').length;
}

/** The first `length` bytes without a character that is cut off at their end. */
function wholeCharacters(bytes: Uint8Array, length: number): Uint8Array {
  let end = length;
  while (end > 0 && length - end < 3 && (bytes[end - 1] & 0xc0) === 0x80) end--;
  if (end > 0 && (bytes[end - 1] & 0xc0) === 0xc0) return bytes.subarray(0, end - 1);
  return bytes.subarray(0, length);
}
