import { encode } from '../../src/format/write/encode.js';
import { Writer } from '../../src/format/write/writer.js';
import { MemorySegment } from './memory-segment.js';

/** A value as a master would publish it first. */
export interface Written {
  readonly segment: MemorySegment;
  readonly writer: Writer;
  readonly lo: number;
  readonly hi: number;
}

/** Writes `value` into a segment of its own. */
export function written(value: unknown, options?: ConstructorParameters<typeof MemorySegment>[0]): Written {
  const segment = new MemorySegment(options);
  const writer = new Writer(segment);
  encode(writer, value);
  const { lo, hi } = writer;
  writer.finish();
  return { segment, writer, lo, hi };
}
