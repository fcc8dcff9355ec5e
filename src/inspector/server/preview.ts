/** What a line shows of a value: never more than the line, however large the value is. */
import type { ValueRef } from '../../format/compare/value-ref.js';
import { isArray, isContainer, isObject, isString, Tag, tagOf } from '../../format/layout.js';
import { childrenOf } from '../../format/read/children.js';
import type { Reader } from '../../format/read/reader.js';
import { readScalar } from '../../format/read/scalar.js';
import { locateString, readString, sliceLatin1, sliceUtf16 } from '../../format/read/strings.js';
import type { Preview, Shown } from '../api.js';

const TEXT_MAX_LENGTH = 160;
const SHOWN_MAX_LENGTH = 2000;
/** The children of a wider container are counted, not shown: to list them costs their number. */
const SHOWN_MAX_WIDTH = 200;

/** Describes the value in a slot. O(1): a long string is not decoded beyond its first characters. @throws `ERR_REGION_CORRUPT` */
export function previewOf(reader: Reader, lo: number, hi: number): Preview {
  if (isContainer(hi)) return { kind: isObject(hi) ? 'object' : 'array', size: reader.sizeOf(lo, hi) };
  if (isString(hi)) return previewOfString(reader, lo, hi, TEXT_MAX_LENGTH);
  const value = readScalar(reader, lo, hi) as number | boolean | null;
  return { kind: value === null ? 'null' : (typeof value as 'number' | 'boolean'), value };
}

function previewOfString({ segment }: Reader, lo: number, hi: number, mostLength: number): Preview {
  if (tagOf(hi) >= Tag.INLINE && !isArray(hi)) {
    const value = readString(segment, lo, hi);
    return { kind: 'string', size: value.length, value };
  }
  const { start, length, wide } = locateString(segment, lo, hi);
  const shown = Math.min(length, mostLength);
  const value = wide
    ? sliceUtf16(segment.bytes, start, start + shown * 2)
    : sliceLatin1(segment.bytes, start, start + shown);
  return { kind: 'string', size: length, value, ...(shown < length && { cut: true }) };
}

/** Returns a value as one line of JSON, up to 2,000 characters. O(what is shown). @throws `ERR_REGION_CORRUPT` */
export function shownOf({ reader, lo, hi }: ValueRef): Shown {
  const line = new Line(reader);
  line.value(lo, hi);
  return { text: line.text, cut: line.cut };
}

class Line {
  readonly #reader: Reader;
  text = '';
  cut = false;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  value(lo: number, hi: number): void {
    if (isContainer(hi)) this.#container(lo, hi);
    else if (isString(hi)) this.#string(lo, hi);
    else this.text += JSON.stringify(readScalar(this.#reader, lo, hi));
  }

  #string(lo: number, hi: number): void {
    const { value, cut } = previewOfString(this.#reader, lo, hi, SHOWN_MAX_LENGTH);
    const json = JSON.stringify(value);
    this.text += cut ? `${json.slice(0, -1)}…` : json;
    this.cut ||= cut === true;
  }

  /** Nested no deeper than the line is long: each level takes a character at least. */
  #container(lo: number, hi: number): void {
    const [open, close] = isObject(hi) ? '{}' : '[]';
    const size = this.#reader.sizeOf(lo, hi);
    this.text += open;
    if (size > SHOWN_MAX_WIDTH) {
      this.text += `… ${size} ${isObject(hi) ? 'keys' : 'elements'}`;
      this.cut = true;
    } else if (size > 0) {
      this.#children(lo, hi);
    }
    this.text += close;
  }

  #children(lo: number, hi: number): void {
    const { keys, words } = childrenOf(this.#reader, lo, hi);
    const { i32 } = this.#reader.segment;
    for (let i = 0; i < words.length; i++) {
      if (i > 0) this.text += ', ';
      if (this.text.length > SHOWN_MAX_LENGTH) {
        this.text += '…';
        this.cut = true;
        return;
      }
      if (keys !== undefined) this.text += `${JSON.stringify(keys[i].slice(0, SHOWN_MAX_LENGTH))}: `;
      this.value(i32[words[i]], i32[words[i] + 1]);
    }
  }
}
