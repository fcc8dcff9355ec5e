/** The commit ring: the hot check, the records, and a writer that goes on between any two loads of a reader. */
import { afterEach, describe, expect, it } from 'vitest';
import { commitAt, newestCommit, readableCommits } from '../../../../src/region/control/commits.js';
import type { CommitRing } from '../../../../src/region/control/ring.js';
import { RECORD_BYTES, RING_OFFSET, VERSION_OFFSET } from '../../../../src/region/files/layout.js';
import { numbers } from '../kit.js';
import { CAPACITY, commitOf, twoControls } from './kit.js';

/** Two rings over the same bytes; the reader's is told before each of its loads. */
function twoRings(beforeLoad?: () => void): { writer: CommitRing; reader: CommitRing; bytes: ArrayBuffer } {
  const { writer, reader, bytes } = twoControls(beforeLoad);
  return { writer: writer.ring, reader: reader.ring, bytes };
}

function publishTo(writer: CommitRing, last: number): void {
  for (let version = writer.version() + 1; version <= last; version++) writer.publish(commitOf(version));
}

describe('the ring', () => {
  it('gives back what was published, around the ring many times', () => {
    const { writer, reader } = twoRings();
    expect(newestCommit(reader)).toBeUndefined();
    for (let version = 1; version <= 5 * CAPACITY; version++) {
      writer.publish(commitOf(version));
      expect(newestCommit(reader)).toEqual(commitOf(version));
    }
  });

  it('keeps all but one of its records readable, and knows which', () => {
    const { writer, reader } = twoRings();
    publishTo(writer, 1000);
    const versions = readableCommits(reader, () => true).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: CAPACITY - 1 }, (_, i) => 1000 - i));
    expect(commitAt(reader, 1000 - CAPACITY + 1)).toBeUndefined();
    expect(commitAt(reader, 1001)).toBeUndefined();
    expect(commitAt(reader, 0)).toBeUndefined();
  });

  it('holds versions up to the last one that a double counts', () => {
    const { writer, reader, bytes } = twoRings();
    new Float64Array(bytes)[VERSION_OFFSET / 8] = Number.MAX_SAFE_INTEGER - 1;
    writer.publish(commitOf(Number.MAX_SAFE_INTEGER));
    expect(newestCommit(reader)?.version).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([Number.NaN, -1, 0.5, Infinity, 2 ** 53])('refuses %s as a version', (word) => {
    const { reader, bytes } = twoRings();
    new Float64Array(bytes)[VERSION_OFFSET / 8] = word;
    expect(() => newestCommit(reader)).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
    expect(reader.changedSince(0)).toBe(true);
  });

  it('notices any flipped bit of a record', () => {
    const { writer, reader, bytes } = twoRings();
    writer.publish(commitOf(1));
    const record = new Uint8Array(bytes, RING_OFFSET + RECORD_BYTES, RECORD_BYTES);
    for (let bit = 0; bit < RECORD_BYTES * 8; bit++) {
      record[bit >> 3] ^= 1 << (bit & 7);
      expect(() => newestCommit(reader)).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
      record[bit >> 3] ^= 1 << (bit & 7);
    }
    expect(newestCommit(reader)).toEqual(commitOf(1));
  });

  it.each([
    ['segment 0', { segment: 0 }],
    ['a watermark inside the header', { watermark: 56 }],
    ['a watermark between units', { watermark: 100 }],
    ['a watermark beyond any segment', { watermark: 2 ** 32 }],
    ['a watermark that is no number', { watermark: Number.NaN }],
    ['no time', { committedAt: Infinity }],
    ['more fresh bytes than bytes', { freshBytes: 80 }],
  ])('refuses a commit with %s, whatever its checksum', (_, wrong) => {
    const { writer, reader } = twoRings();
    writer.publish({ ...commitOf(1), ...wrong });
    expect(() => newestCommit(reader)).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
  });
});

describe('a writer that goes on between the loads of a reader', () => {
  /** Publishes `counts[i]` versions before the i-th load of the reader. */
  function interleaved(counts: number[]): { writer: CommitRing; reader: CommitRing } {
    let loads = 0;
    const rings = twoRings(() => publishTo(rings.writer, rings.writer.version() + (counts[loads++] ?? 0)));
    publishTo(rings.writer, 100);
    return rings;
  }

  const COUNTS = [0, 1, 2, CAPACITY - 2, CAPACITY - 1, CAPACITY, CAPACITY + 1, 3 * CAPACITY];

  it('never hands out a record of another version (I3)', () => {
    for (const first of COUNTS) {
      for (const second of COUNTS) {
        for (const third of COUNTS) {
          const { writer, reader } = interleaved([first, second, third]);
          const commit = newestCommit(reader);
          expect(commit).toEqual(commitOf(commit?.version ?? 0));
          expect(commit?.version).toBeGreaterThanOrEqual(100 + first);
          expect(commit?.version).toBeLessThanOrEqual(writer.version());
        }
      }
    }
  });

  it('gives up on a writer that laps every load', () => {
    const { reader } = interleaved(new Array(10_000).fill(CAPACITY));
    expect(() => newestCommit(reader)).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
  });

  it('says of an old version that it is there, whole, or gone', () => {
    for (const count of COUNTS) {
      const { reader } = interleaved([count, count]);
      const commit = commitAt(reader, 90);
      expect([undefined, 90]).toContain(commit?.version);
      if (commit !== undefined) expect(commit).toEqual(commitOf(90));
    }
  });

  it('never hands out the record that a dead master left whole and unpublished, whenever the next one publishes (I12)', () => {
    const left = { ...commitOf(101), rootHi: -1 };
    for (const nextPublishesAt of [0, 1, 2, 3]) {
      let loads = 0;
      const { writer, reader, bytes } = twoRings(() => {
        if (loads++ === nextPublishesAt) writer.publish(commitOf(101));
      });
      publishTo(writer, 100);
      writer.publish(left);
      new Float64Array(bytes)[VERSION_OFFSET / 8] = 100; // killed at publish:record
      expect([undefined, commitOf(101)]).toContainEqual(commitAt(reader, 101));
    }
  });
});

describe('a writer whose single stores fall between the single loads of a reader', () => {
  type Store = () => void;
  const { load, store } = Atomics;

  afterEach(() => {
    Atomics.load = load;
    Atomics.store = store;
  });

  /** Runs `action`; each atomic store in it is kept for later instead of done. */
  function storesOf(action: () => void): Store[] {
    const stores: Store[] = [];
    Atomics.store = ((array: Int32Array, index: number, value: number) => {
      stores.push(() => {
        array[index] = value;
      });
      return value;
    }) as typeof store;
    action();
    Atomics.store = store;
    return stores;
  }

  const seed = Date.now() % 2 ** 31;
  const FIRST = 100;
  const PER_VERSION = RECORD_BYTES / 8 + 1;
  const ROUNDS = 20_000;

  it(`never makes it see anything but whole versions, seed ${seed} (I2, I3)`, () => {
    const random = numbers(seed);
    const { writer, reader, bytes } = twoRings();
    publishTo(writer, FIRST);
    const start = new Uint8Array(bytes.slice(0));
    const versions = Array.from({ length: 12 * CAPACITY }, (_, i) => FIRST + 1 + i);
    const stores = versions.flatMap((version) => storesOf(() => writer.publish(commitOf(version))));
    expect(stores.length).toBe(versions.length * PER_VERSION);

    for (let round = 0; round < ROUNDS; round++) {
      new Uint8Array(bytes).set(start);
      let done = 0;
      const advance = (count: number) => {
        for (const end = Math.min(done + count, stores.length); done < end; done++) stores[done]();
      };
      // The writer is somewhere in a publish, and goes on before each load: mostly by little or nothing, now and then nearly around the ring.
      advance(random() % (3 * PER_VERSION));
      const begunAt = FIRST + Math.floor(done / PER_VERSION);
      const most = 1 + [0, 1, 3, PER_VERSION][random() % 4];
      const around = PER_VERSION * (CAPACITY - 2) + (random() % (3 * PER_VERSION));
      Atomics.load = ((array: Int32Array, index: number) => {
        advance(random() % 20 === 0 ? around : random() % most);
        return load(array, index);
      }) as typeof load;
      const commit = newestCommit(reader);
      Atomics.load = load;
      expect(commit).toEqual(commitOf(commit?.version ?? 0));
      expect(commit?.version).toBeGreaterThanOrEqual(begunAt);
    }
  });
});

describe('the hot check', () => {
  it('sees every publish: by the plain view, for sure, and where the mapping is a copy', () => {
    const { writer, reader } = twoRings();
    for (let version = 0; version < 5000; version++) {
      expect([writer.versionView[0], writer.changedSince(version), reader.changedSince(version)]).toEqual([
        version,
        false,
        false,
      ]);
      writer.publish(commitOf(version + 1));
      expect([writer.versionView[0], writer.changedSince(version), reader.changedSince(version)]).toEqual([
        version + 1,
        true,
        true,
      ]);
    }
    expect(reader.versionView[0]).toBeNaN();
  });
});
