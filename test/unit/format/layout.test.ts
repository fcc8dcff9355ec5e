/** What the high word of a slot says of its value: for each tag, and for doubles. */
import { describe, expect, it } from 'vitest';
import { hiOf, isArray, isContainer, isObject, isString, isTagged, Tag, tagOf } from '../../../src/format/layout.js';

const TAGS = Array.from({ length: 16 }, (_, tag) => tag);
const AUX = [0, 1, 0x7fff, 0xffff];
const DOUBLES = [0, 1, -1, 0.1, 1e308, -1e308, Number.MIN_VALUE, -Number.MIN_VALUE, -0, Number.POSITIVE_INFINITY];

const sorts = (hi: number) => ({
  isObject: isObject(hi),
  isArray: isArray(hi),
  isContainer: isContainer(hi),
  isString: isString(hi),
});

describe('a slot', () => {
  it.each(TAGS)('with tag %i is what the table of tags says, whatever its aux', (tag) => {
    const object = tag === Tag.OBJECT || tag === Tag.LARGE_OBJECT;
    const array = tag === Tag.ARRAY || tag === Tag.LARGE_ARRAY;
    const inline = tag >= Tag.INLINE && tag <= Tag.INLINE + 6;
    const string = tag === Tag.LATIN1 || tag === Tag.UTF16 || tag === Tag.LONG_STRING || inline;
    for (const aux of AUX) {
      const hi = hiOf(tag, aux);
      expect([isTagged(hi), tagOf(hi)]).toEqual([true, tag]);
      expect(sorts(hi)).toEqual({ isObject: object, isArray: array, isContainer: object || array, isString: string });
    }
  });

  it.each(DOUBLES)('that is the double %s is none of them', (value) => {
    const [, hi] = new Int32Array(Float64Array.of(value).buffer);
    expect(isTagged(hi)).toBe(false);
    expect(sorts(hi)).toEqual({ isObject: false, isArray: false, isContainer: false, isString: false });
  });
});
