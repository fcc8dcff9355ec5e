/** Numbers that end: the last version and the last segment are used, and what comes behind them is refused before anything is acknowledged. */
import { openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Master } from '../../../src/index.js';
import { decodeRecord, encodeRecord, recordLongs } from '../../../src/region/control/record.js';
import { encodeHeader, readHeader } from '../../../src/region/files/header.js';
import {
  controlBytes,
  RECORD_BYTES,
  RING_DEFAULT_CAPACITY,
  RING_OFFSET,
  SEGMENT_MAGIC,
  VERSION_OFFSET,
} from '../../../src/region/files/layout.js';
import { codeOf, newDirectory, openFollower, openMaster } from '../master/kit.js';

const LAST_VERSION = 2 ** 53 - 1;
const LAST_SEGMENT = 2 ** 32 - 1;

let dir: string;
beforeEach(() => {
  dir = newDirectory();
});

/** Makes of a region with one version one of which that version and its segment have other numbers, as after a very long life. */
function forge(version: number, segment: number): void {
  const control = join(dir, 'region.ctl');
  const bytes = readFileSync(control);
  const instance = readHeader(openSync(control, 'r'), control, 'jsonmctl').instance;
  const seed = Number.parseInt(instance.slice(0, 8), 16) ^ Number.parseInt(instance.slice(8), 16);
  expect(bytes.length).toBe(controlBytes(RING_DEFAULT_CAPACITY));
  new Uint8Array(recordLongs.buffer).set(bytes.subarray(RING_OFFSET + RECORD_BYTES, RING_OFFSET + 2 * RECORD_BYTES));
  const commit = decodeRecord(seed)!;
  for (let number = Math.max(1, version - RING_DEFAULT_CAPACITY + 1); number <= version; number++) {
    encodeRecord({ ...commit, version: number, segment }, seed);
    bytes.set(new Uint8Array(recordLongs.buffer), RING_OFFSET + (number % RING_DEFAULT_CAPACITY) * RECORD_BYTES);
  }
  bytes.writeDoubleLE(version, VERSION_OFFSET);
  writeFileSync(control, bytes);

  const path = join(dir, `region.${segment}.seg`);
  renameSync(join(dir, 'region.1.seg'), path);
  const fd = openSync(path, 'r+');
  writeSync(fd, encodeHeader({ ...readHeader(fd, path, SEGMENT_MAGIC), number: segment }), 0, 64, 0);
}

describe('the last version', () => {
  it('is published, and then no other: what stands stays readable, and a new master says the same', () => {
    openMaster(dir, { initial: { n: 0 } }).close();
    forge(LAST_VERSION - 1, 1);
    const master = openMaster(dir);
    const follower = openFollower(dir);
    expect(master.set('/n', 1)).toBe(LAST_VERSION);
    expect(follower.version).toBe(LAST_VERSION);
    for (let tries = 0; tries < 3; tries++) {
      expect(() => master.set('/n', 2)).toThrow(
        expect.objectContaining({ code: 'ERR_TOO_LARGE', message: expect.stringContaining('versions') }),
      );
    }
    expect(codeOf(() => master.transaction(() => master.set('/n', 3)))).toBe('ERR_TOO_LARGE');
    expect([master.version, follower.version, follower.get('/n'), master.get('/n')]).toEqual([
      LAST_VERSION,
      LAST_VERSION,
      1,
      1,
    ]);
    expect(master.set('/n', 1)).toBe(LAST_VERSION); // nothing to publish
    master.close();
    expect(codeOf(() => openMaster(dir).write([]))).toBe('ERR_TOO_LARGE');
    expect(openFollower(dir).current).toEqual({ n: 1 });
  });

  it('cannot be exceeded by a forged control file either', () => {
    openMaster(dir, { initial: { n: 0 } }).close();
    const control = join(dir, 'region.ctl');
    const bytes = readFileSync(control);
    const whole = Buffer.from(bytes);
    bytes.writeDoubleLE(2 ** 53, VERSION_OFFSET);
    writeFileSync(control, bytes);
    expect(codeOf(() => Master.open('region', { dir }))).toBe('ERR_REGION_CORRUPT');
    writeFileSync(control, whole);
  });
});

describe('the last segment', () => {
  it('takes writes while it has room, and no copy goes to segment 0', () => {
    openMaster(dir, { initial: { n: 0, texts: [] as string[] } }).close();
    forge(5, LAST_SEGMENT);
    const master = openMaster(dir);
    const follower = openFollower(dir);
    for (let i = 0; i < 100; i++) master.set('/texts', [`${i} `.repeat(20_000)]); // due for a copy many times
    expect(master.sizes()).toHaveLength(1);
    expect(follower.history()[0]).toMatchObject({ segment: LAST_SEGMENT });
    expect(follower.get('/texts/0')).toBe('99 '.repeat(20_000));
    master.close();
    expect(openMaster(dir).set('/n', 1)).toBe(106);
  });

  it('is full one day: that has a code, and the document stands', () => {
    openMaster(dir, { initial: { texts: [] as string[] } }).close();
    forge(5, LAST_SEGMENT);
    const master = openMaster(dir, { maxBytes: 1_000_000 });
    let written = 0;
    const code = codeOf(() => {
      for (;;) master.set('/texts', [`${written++} `.repeat(5000)]);
    });
    expect(code).toBe('ERR_TOO_LARGE');
    expect(openFollower(dir).get('/texts/0')).toBe(`${written - 2} `.repeat(5000));
    expect(master.version).toBe(5 + written - 1);
  });
});
