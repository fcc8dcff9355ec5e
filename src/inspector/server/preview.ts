/** What a row of the tree shows of a value: never more than a line of it, however large it is. */
import { isArray, isContainer, isObject, isString, Tag, tagOf } from '../../format/layout.js';
import { readScalar } from '../../format/read/materialize.js';
import type { Reader } from '../../format/read/reader.js';
import { locateString, readString, sliceLatin1, sliceUtf16 } from '../../format/read/strings.js';

export type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

export interface Preview {
  readonly kind: Kind;
  /** Entries of an object, elements of an array, UTF-16 code units of a string. */
  readonly size?: number;
  /** The scalar itself; of a long string, its first characters. */
  readonly value?: string | number | boolean | null;
  /** Whether `value` is only the beginning. */
  readonly cut?: boolean;
}

const TEXT_MAX_LENGTH = 160;

/** Describes the value in a slot. O(1): a long string is not decoded beyond its first characters. @throws `ERR_REGION_CORRUPT` */
export function previewOf(reader: Reader, lo: number, hi: number): Preview {
  if (isContainer(hi)) return { kind: isObject(hi) ? 'object' : 'array', size: reader.sizeOf(lo, hi) };
  if (isString(hi)) return previewOfString(reader, lo, hi);
  const value = readScalar(reader, lo, hi) as number | boolean | null;
  return { kind: value === null ? 'null' : (typeof value as 'number' | 'boolean'), value };
}

function previewOfString({ segment }: Reader, lo: number, hi: number): Preview {
  if (tagOf(hi) >= Tag.INLINE && !isArray(hi)) {
    const value = readString(segment, lo, hi);
    return { kind: 'string', size: value.length, value };
  }
  const { start, length, wide } = locateString(segment, lo, hi);
  const shown = Math.min(length, TEXT_MAX_LENGTH);
  const value = wide
    ? sliceUtf16(segment.bytes, start, start + shown * 2)
    : sliceLatin1(segment.bytes, start, start + shown);
  return { kind: 'string', size: length, value, ...(shown < length && { cut: true }) };
}
