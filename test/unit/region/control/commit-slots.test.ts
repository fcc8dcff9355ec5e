/** The durable commit slots: the two newest versions, each whole or not there. */
import { describe, expect, it } from 'vitest';
import { durableCommits, restoreDurableCommits } from '../../../../src/region/control/durable-commits.js';
import { COMMIT_SLOT_OFFSET, COMMIT_SLOT_STRIDE, RECORD_BYTES } from '../../../../src/region/files/layout.js';
import { commitOf, twoControls } from './kit.js';

describe('durable commit slots', () => {
  it('hold the two newest versions, newest first', () => {
    const { writer, reader } = twoControls();
    expect(reader.slots.read()).toEqual([]);
    writer.slots.store(commitOf(1));
    expect(reader.slots.read()).toEqual([commitOf(1)]);
    for (let version = 2; version < 10; version++) {
      writer.slots.store(commitOf(version));
      expect(reader.slots.read()).toEqual([commitOf(version), commitOf(version - 1)]);
    }
    writer.slots.erase();
    expect(reader.slots.read()).toEqual([]);
  });

  it('notice any flipped bit, and the other one still counts', () => {
    const { writer, reader, bytes } = twoControls();
    writer.slots.store(commitOf(4));
    writer.slots.store(commitOf(5));
    const record = new Uint8Array(bytes, COMMIT_SLOT_OFFSET + COMMIT_SLOT_STRIDE, RECORD_BYTES);
    for (let bit = 0; bit < RECORD_BYTES * 8; bit++) {
      record[bit >> 3] ^= 1 << (bit & 7);
      expect(reader.slots.read()).toEqual([commitOf(4)]);
      record[bit >> 3] ^= 1 << (bit & 7);
    }
    expect(reader.slots.read()).toEqual([commitOf(5), commitOf(4)]);
  });

  it('say nothing of a region that is not durable', () => {
    const { writer } = twoControls();
    writer.slots.store(commitOf(1));
    expect(durableCommits(writer)).toEqual([]);
    writer.state.durable = true;
    expect(durableCommits(writer)).toEqual([commitOf(1)]);
  });

  it('are restored: what is ahead of the version word is published, what the ring lacks is written', () => {
    const { writer, reader } = twoControls();
    writer.state.durable = true;
    for (const version of [1, 2]) writer.slots.store(commitOf(version));
    restoreDurableCommits(writer);
    expect(reader.ring.version()).toBe(2);
    expect([reader.ring.read(1), reader.ring.read(2)]).toEqual([commitOf(1), commitOf(2)]);
  });

  it('are refused where they contradict the version word', () => {
    const { writer } = twoControls();
    writer.state.durable = true;
    writer.slots.store(commitOf(7));
    expect(() => restoreDurableCommits(writer)).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
  });
});
