import { describe, expect, it } from 'vitest';
import { encode } from '../../../../src/format/write/encode.js';
import { Writer } from '../../../../src/format/write/writer.js';
import { expectReads } from '../../../property/agreement.js';
import { MemorySegment } from '../../memory-segment.js';

const numbers = Array.from({ length: 70 }, (_, i) => i + 0.5);

/** Writes an array of two leaves and their index where the last of the three begins with node id 2^48 - `left`. */
function write(left: number): Writer {
  const sizeUnits = 65 + 7;
  const writer = new Writer(new MemorySegment({ nodeIdBase: 2 ** 48 - left - 8 - sizeUnits }));
  encode(writer, numbers);
  return writer;
}

describe('node ids', () => {
  it('are given out up to the last one', () => {
    const writer = write(1);
    expect(writer.reader.nodeIdOf(writer.lo)).toBe(2 ** 48 - 1);
    expectReads(writer, numbers);
  });

  it('are refused before they come round again', () => {
    expect(() => write(0)).toThrow(expect.objectContaining({ code: 'ERR_TOO_LARGE' }));
  });

  it('that are kept by what stands there already need no new ones', () => {
    const writer = write(1);
    const { lo, hi } = writer;
    expect(() => encode(writer, [1.5])).toThrow(expect.objectContaining({ code: 'ERR_TOO_LARGE' }));
    writer.result(lo, hi);
    expectReads(writer, numbers);
  });
});
