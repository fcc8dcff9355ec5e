import { describe, expect, it } from 'vitest';
import { hiOf, Tag, tagOf } from '../../../../src/format/layout.js';
import { readString } from '../../../../src/format/read/strings.js';
import type { Writer } from '../../../../src/format/write/writer.js';
import { appendedBy, newWriter, resultOf } from './kit.js';

function write(writer: Writer, text: string) {
  writer.strings.write(text);
  return resultOf(writer);
}

function read(writer: Writer, { lo, hi }: { lo: number; hi: number }): string {
  return readString(writer.segment, lo, hi);
}

const wide = (length: number) => 'λ'.repeat(length);
const narrow = (length: number) => 'ÿ'.repeat(length);

describe('StringWriter.write', () => {
  it.each([0, 1, 4, 5, 6])('keeps %i narrow characters in the slot', (length) => {
    const writer = newWriter();
    let slot = { lo: 0, hi: 0 };
    expect(appendedBy(writer, () => (slot = write(writer, narrow(length))))).toBe(0);
    expect(tagOf(slot.hi)).toBe(Tag.INLINE + length);
    expect(read(writer, slot)).toBe(narrow(length));
  });

  it.each([
    [narrow(7), Tag.LATIN1],
    [narrow(63), Tag.LATIN1],
    [narrow(64), Tag.LATIN1],
    [narrow(65_535), Tag.LATIN1],
    [narrow(65_536), Tag.LONG_STRING],
    [wide(1), Tag.UTF16],
    [`abc${wide(3)}`, Tag.UTF16],
    [wide(64), Tag.UTF16],
    [wide(65), Tag.UTF16],
    [wide(65_535), Tag.UTF16],
    [wide(65_536), Tag.LONG_STRING],
    [narrow(100) + wide(1), Tag.UTF16],
    ['\ud83d', Tag.UTF16],
    ['\0'.repeat(7), Tag.LATIN1],
  ])('stores a string by its length and its characters (%#)', (text, tag) => {
    const writer = newWriter();
    for (const before of ['', 'odd byte']) {
      if (before !== '') write(writer, before);
      const slot = write(writer, text);
      expect(tagOf(slot.hi)).toBe(tag);
      if (tag === Tag.UTF16) expect(slot.lo % 2).toBe(0);
      expect(read(writer, slot)).toBe(text);
    }
  });

  it.each([
    ['64 narrow characters', narrow(64), true],
    ['64 wide ones', wide(64), true],
    ['65 narrow characters', narrow(65), false],
  ])('stores %s once: %s', (_, text, once) => {
    const writer = newWriter();
    write(writer, 'something else');
    const first = write(writer, text);
    write(writer, 'between');
    expect(write(writer, text).lo === first.lo).toBe(once);
  });

  it('finds a string that was written before the run that goes on', () => {
    const writer = newWriter();
    const first = write(writer, 'a short text');
    writer.finish();
    const appended = appendedBy(writer, () => expect(write(writer, 'a short text')).toEqual(first));
    expect(appended).toBe(0);
  });
});

describe('runs', () => {
  it('begin with what is needed, grow with the write, and give back what was not used', () => {
    const writer = newWriter();
    expect(appendedBy(writer, () => write(writer, 'nine char'))).toBe(16);
    expect(appendedBy(writer, () => write(writer, 'next text'))).toBe(256);
    writer.finish();
    expect(writer.segment.head).toBe(64 + 16 + 16);
  });

  it('are not given back where something was written behind them', () => {
    const writer = newWriter();
    write(writer, 'nine char');
    write(writer, 'next text');
    writer.allocate(8);
    expect(appendedBy(writer, () => writer.finish())).toBe(0);
  });

  it('are forgotten by a rollback, as are their strings', () => {
    const writer = newWriter();
    const kept = write(writer, 'text that stays');
    const mark = writer.segment.head;
    const lost = write(writer, 'text that does not stay');
    expect(lost.lo).toBeGreaterThanOrEqual(mark);
    writer.segment.head = mark;
    writer.strings.forgetFrom(mark);
    writer.segment.bytes.fill(0, mark);
    expect(write(writer, 'text that stays')).toEqual(kept);
    expect(read(writer, write(writer, 'text that does not stay'))).toBe('text that does not stay');
  });
});

describe('StringWriter.copy', () => {
  it.each([narrow(7), narrow(64), wide(5), wide(200), narrow(70_000), wide(70_000)])(
    'stores the same string in another segment (%#)',
    (text) => {
      const from = newWriter();
      write(from, 'other bytes before it');
      const slot = write(from, text);
      for (const tight of [false, true]) {
        const to = newWriter();
        write(to, 'odd byte.');
        const copy = () => to.strings.copy(from.segment, slot.lo, slot.hi);
        if (tight) to.strings.packTightly(copy);
        else copy();
        expect(to.hi).toBe(slot.hi);
        if (tagOf(slot.hi) === Tag.UTF16) expect(to.lo % 2).toBe(0);
        expect(read(to, resultOf(to))).toBe(text);
      }
    },
  );

  it('clears the padding of a long string, where rolled back bytes may be', () => {
    const writer = newWriter({ capacity: 1 << 20 });
    writer.segment.bytes.fill(0xff);
    const slot = write(writer, narrow(65_537));
    expect(slot.hi).toBe(hiOf(Tag.LONG_STRING));
    const end = slot.lo * 8 + 8 + 65_537;
    expect(Array.from(writer.segment.bytes.subarray(end, slot.lo * 8 + 8 + 65_544))).toEqual(Array(7).fill(0));
  });
});
