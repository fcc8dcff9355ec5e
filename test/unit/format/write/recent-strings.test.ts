import { describe, expect, it } from 'vitest';
import { hiOf, Tag } from '../../../../src/format/layout.js';
import { hashNext, hashText, RecentStrings } from '../../../../src/format/write/recent-strings.js';
import { MemorySegment } from '../../memory-segment.js';

const FIRST = 'a first text';
const SECOND = 'a second text';

/** A segment with both texts at 64 and 128, and what was noted of them. */
function noted() {
  const segment = new MemorySegment();
  const recent = new RecentStrings();
  for (const [at, text] of [
    [64, FIRST],
    [128, SECOND],
  ] as const) {
    segment.bytes.write(text, at, 'latin1');
    recent.add(hashText(text), at, hiOf(Tag.LATIN1, text.length));
  }
  segment.head = 256;
  return { segment, recent };
}

it('hashes a text unit by unit, starting from its length', () => {
  let hash = 3;
  for (const unit of [97, 0x3bb, 0xd83d]) hash = hashNext(hash, unit);
  expect(hashText('aλ\ud83d')).toBe(hash);
  expect(hashText('')).toBe(0);
});

describe('RecentStrings', () => {
  it('finds what was added, as a text and as bytes', () => {
    const { segment, recent } = noted();
    const line = recent.find(segment, hashText(SECOND), SECOND);
    expect([recent.lo(line), recent.hi(line)]).toEqual([128, hiOf(Tag.LATIN1, SECOND.length)]);
    segment.bytes.write(SECOND, 200, 'latin1');
    expect(recent.findLatin1(segment.bytes, hashText(SECOND), 200, SECOND.length)).toBe(line);
  });

  it('compares the text where the hash is that of another', () => {
    const { segment, recent } = noted();
    const hash = hashText(FIRST);
    expect(recent.find(segment, hash, 'b first text')).toBe(-1);
    expect(recent.find(segment, hash, `${FIRST}.`)).toBe(-1);
    segment.bytes.write('b first text', 200, 'latin1');
    expect(recent.findLatin1(segment.bytes, hash, 200, FIRST.length)).toBe(-1);
    expect(recent.findLatin1(segment.bytes, hash, 64, FIRST.length - 1)).toBe(-1);
  });

  it('takes no wide string for bytes', () => {
    const { segment, recent } = noted();
    recent.add(5, 64, hiOf(Tag.UTF16, FIRST.length));
    expect(recent.findLatin1(segment.bytes, 5, 64, FIRST.length)).toBe(-1);
  });

  it('finds nothing for the hash 0 before it was added', () => {
    const { segment, recent } = noted();
    expect(recent.find(segment, 0, '')).toBe(-1);
    expect(recent.findLatin1(segment.bytes, 0, 64, 0)).toBe(-1);
  });

  it('forgets the strings at or above an offset', () => {
    const { segment, recent } = noted();
    recent.forgetFrom(129);
    expect(recent.find(segment, hashText(SECOND), SECOND)).toBeGreaterThanOrEqual(0);
    recent.forgetFrom(128);
    expect(recent.find(segment, hashText(SECOND), SECOND)).toBe(-1);
    expect(recent.findLatin1(segment.bytes, hashText(SECOND), 128, SECOND.length)).toBe(-1);
    expect(recent.find(segment, hashText(FIRST), FIRST)).toBeGreaterThanOrEqual(0);
  });
});
