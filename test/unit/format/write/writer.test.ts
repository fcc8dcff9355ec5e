import { describe, expect, it } from 'vitest';
import { countOf, Kind, kindOf, NODE_IDS_END } from '../../../../src/format/layout.js';
import { coded, encoded, keyed, newWriter, numbers, readBack } from './kit.js';

describe('nodes', () => {
  it('are headers at the head, with ids that follow from their offsets', () => {
    const writer = newWriter({ nodeIdBase: 2 ** 40 });
    const word = writer.node(Kind.ARRAY, 3, 32);
    expect([word, writer.segment.head]).toEqual([64 / 4, 64 + 32]);
    const header = writer.segment.i32[word + 1];
    expect([kindOf(header), countOf(header)]).toEqual([Kind.ARRAY, 3]);
    expect(writer.reader.nodeIdOf(word / 2)).toBe(2 ** 40 + word / 2);
  });

  it('end with the last id that there is', () => {
    const writer = newWriter({ nodeIdBase: NODE_IDS_END - 10 });
    expect(writer.reader.nodeIdOf(writer.node(Kind.ARRAY, 0, 8) / 2)).toBe(NODE_IDS_END - 2);
    expect(writer.reader.nodeIdOf(writer.node(Kind.ARRAY, 0, 8) / 2)).toBe(NODE_IDS_END - 1);
    expect(() => writer.node(Kind.ARRAY, 0, 8)).toThrow(coded('ERR_TOO_LARGE'));
  });

  it('written again have the same content, and an id of their own', () => {
    const writer = newWriter();
    const { lo } = encoded(writer, numbers(20));
    const word = writer.again(lo, 8 + 8 * 20);
    const { i32 } = writer.segment;
    expect(writer.reader.nodeIdOf(word / 2)).toBe(word / 2);
    expect(i32.slice(word + 2, word + 42)).toEqual(i32.slice(lo * 2 + 2, lo * 2 + 42));
    expect(i32[word + 1]).toBe(i32[lo * 2 + 1]);
  });
});

describe('rollback', () => {
  it('gives back what was appended, and forgets its shapes, strings and leaves', () => {
    const writer = newWriter();
    encoded(writer, { kept: 'a text that stays' });
    writer.finish();
    writer.keep();
    const mark = writer.mark();
    const lost = { lost: 'a text that does not', leaf: [1, 2] };
    encoded(writer, lost);
    writer.rollback(mark);
    expect(writer.mark()).toBe(mark);
    writer.segment.bytes.fill(0, mark);
    encoded(writer, [lost, { kept: 'a text that stays' }, [1, 2]]);
    expect(readBack(writer)).toEqual([lost, { kept: 'a text that stays' }, [1, 2]]);
  });

  it('to where the head is forgets nothing', () => {
    const writer = newWriter();
    const { lo } = encoded(writer, [1, 2]);
    writer.rollback(writer.mark());
    expect(encoded(writer, [1, 2]).lo).toBe(lo);
  });
});

describe('drop', () => {
  it('counts the bytes of what leaves the document', () => {
    const writer = newWriter();
    const drop = (value: unknown) => {
      const before = writer.droppedBytes;
      const { lo, hi } = encoded(writer, value);
      writer.drop(lo, hi);
      return writer.droppedBytes - before;
    };
    expect([7, 'inline', 'eight ch'].map(drop)).toEqual([0, 0, 8]);
    expect(drop([1, 'eight ch'])).toBe(8 + 16 + 8);
    expect(drop(keyed(3))).toBe(16 + 24);
  });
});

it('a result is two signed words', () => {
  const writer = newWriter();
  writer.result(0xffffffff, 0xfff10000);
  expect([writer.lo, writer.hi]).toEqual([-1, -983040]);
});

it('a shape is written once for each list of keys', () => {
  const writer = newWriter();
  const path = writer.shapes.of(['a', 'b']);
  const unit = writer.shape(path);
  const { head } = writer.segment;
  expect(writer.shape(writer.shapes.of(['a', 'b']))).toBe(unit);
  expect(writer.segment.head).toBe(head);
  expect(writer.reader.shapes.at(unit, writer.reader.end).keys).toEqual(['a', 'b']);
});
