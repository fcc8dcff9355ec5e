/** Writer and reader of a region together: versions, growth, segments, history, takeover. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { RegionReader } from '../../../src/region/reader.js';
import type { RegionWriter } from '../../../src/region/writer.js';
import { append, isWhole, publishIn } from '../../programs/region-payload.mjs';
import { describeKinds, loadRegions, newDirectory, type Regions } from './kit.js';

describeKinds('a region', (kind) => {
  let regions: Regions;
  let dir: string;
  beforeAll(async () => {
    regions = await loadRegions(kind);
  });
  beforeEach(() => {
    dir = newDirectory();
  });

  const openWriter = (options = {}): RegionWriter => regions.RegionWriter.open('r', { dir, ...options });
  const openReader = (): RegionReader => regions.RegionReader.open('r', { dir });
  const next = (writer: RegionWriter): number => (writer.commit?.version ?? 0) + 1;
  const publish = (writer: RegionWriter, count?: number) =>
    publishIn(writer, writer.segment, append(writer.segment, next(writer), count));
  const switchSegment = (writer: RegionWriter) => {
    const fresh = writer.beginSegment();
    return publishIn(writer, fresh, append(fresh, next(writer)));
  };
  const segmentFiles = () =>
    readdirSync(dir)
      .filter((name) => name.endsWith('.seg'))
      .sort();

  it('has no version before the first, then the one that was published', () => {
    const writer = openWriter();
    const reader = openReader();
    expect(writer.commit).toBeUndefined();
    expect(reader.acquire()).toBeUndefined();
    expect(reader.changedSince(0)).toBe(false);
    const commit = publishIn(writer, writer.segment, append(writer.segment, 1), 1234);
    expect(commit).toMatchObject({ version: 1, segment: 1, committedAt: 1234 });
    expect(reader.changedSince(0)).toBe(true);
    const acquired = reader.acquire();
    expect(acquired?.commit).toEqual(commit);
    expect(isWhole(acquired!)).toBe(true);
    expect(reader.instance).toBe(writer.instance);
    writer.close();
    reader.close();
  });

  it('grows under a reader, whose old arrays stay valid (I1)', () => {
    const writer = openWriter();
    const reader = openReader();
    publish(writer);
    const first = reader.acquire()!;
    const { segment } = first;
    const oldArray = segment.f64;
    const firstNumber = oldArray[first.commit.rootLo];
    for (let i = 0; i < 40; i++) {
      publish(writer, 30_000);
      const acquired = reader.acquire()!;
      expect(acquired.segment).toBe(segment);
      expect(isWhole(acquired)).toBe(true);
    }
    expect(segment.f64).not.toBe(oldArray);
    expect(oldArray[first.commit.rootLo]).toBe(firstNumber);
    expect(isWhole(first)).toBe(true);
    writer.close();
    reader.close();
  });

  it('backs every byte of its files with space before it is used (I5)', () => {
    const writer = openWriter();
    for (let i = 0; i < 30; i++) publish(writer, 1 + i * 997);
    for (const name of segmentFiles()) {
      const { size, blocks } = statSync(join(dir, name));
      expect(blocks * 512).toBeGreaterThanOrEqual(size);
      expect(size).toBeGreaterThanOrEqual(writer.usedBytes);
    }
    writer.close();
  });

  it('grows by a sixteenth, at least 64 KiB and at most 16 MiB at a time', () => {
    const writer = openWriter();
    const sizes = new Set<number>();
    while (writer.usedBytes < 200e6) {
      publish(writer, 50_000);
      sizes.add(writer.sizes().at(-1)!.sizeBytes);
    }
    const steps = [...sizes].map((size, i, all) => size - (all[i - 1] ?? 0)).slice(2);
    expect(Math.max(...steps)).toBeLessThanOrEqual((16 << 20) + 50_000 * 8 + 4096);
    expect(sizes.size).toBeLessThan(90);
    writer.close();
  });

  it('keeps what is not committed yet when it maps again', () => {
    const writer = openWriter();
    const reader = openReader();
    publish(writer);
    const root = append(writer.segment, 2);
    const before = writer.segment.f64;
    append(writer.segment, 99, 500_000);
    expect(writer.segment.f64).not.toBe(before);
    publishIn(writer, writer.segment, root);
    expect(isWhole(reader.acquire()!)).toBe(true);
    writer.close();
    reader.close();
  });

  it('forgets what was appended and discarded (I12)', () => {
    const writer = openWriter();
    const reader = openReader();
    publish(writer);
    const head = writer.segment.head;
    append(writer.segment, 99, 100_000);
    writer.discard();
    expect(writer.segment.head).toBe(head);
    publish(writer);
    expect(isWhole(reader.acquire()!)).toBe(true);
    writer.close();
    reader.close();
  });

  it('switches segments: the old file goes, who holds it keeps it, node ids never meet (I4, I9)', () => {
    const writer = openWriter();
    const reader = openReader();
    publish(writer, 20_000);
    const old = reader.acquire()!;
    const before = writer.segment;
    switchSegment(writer);
    expect(segmentFiles()).toEqual(['r.2.seg']);
    expect(writer.segment.nodeIdBase).toBeGreaterThanOrEqual(before.nodeIdBase + before.head / 8);
    const acquired = reader.acquire()!;
    expect(acquired.commit).toMatchObject({ version: 2, segment: 2 });
    expect(acquired.segment).not.toBe(old.segment);
    expect(acquired.segment.nodeIdBase).toBe(writer.segment.nodeIdBase);
    expect(acquired.segment.hashSeed).toBe(old.segment.hashSeed);
    expect(isWhole(acquired)).toBe(true);
    expect(isWhole(old)).toBe(true);
    expect(isWhole(reader.acquireAt(1))).toBe(true); // it holds that segment still
    writer.close();
    reader.close();
    expect(isWhole(old)).toBe(true);
  });

  it('publishes nothing in the segment that stands while there is a fresh one, whose node ids begin behind it', () => {
    const writer = openWriter();
    const reader = openReader();
    publish(writer);
    const fresh = writer.beginSegment();
    expect(fresh.nodeIdBase).toBeGreaterThanOrEqual(writer.segment.head / 8);
    expect(() => publish(writer)).toThrow(/fresh segment/);
    writer.discard();
    publishIn(writer, fresh, append(fresh, 2));
    expect(reader.acquire()?.commit).toMatchObject({ version: 2, segment: 2 });
    writer.close();
    reader.close();
  });

  it('abandons a fresh segment without a trace', () => {
    const writer = openWriter();
    publish(writer);
    writer.beginSegment();
    writer.abandonSegment();
    expect(segmentFiles()).toEqual(['r.1.seg']);
    publish(writer, 100_000);
    writer.beginSegment();
    writer.close();
    expect(segmentFiles()).toEqual(['r.1.seg']);
  });

  it.each([1, 2, 5])('keeps the newest %i versions readable across switches (I6)', (history) => {
    const writer = openWriter({ history });
    for (let i = 0; i < 20; i++) {
      if (i % 3 === 2) switchSegment(writer);
      else publish(writer);
      const reader = openReader(); // holds nothing of its own
      const newest = writer.commit!.version;
      for (let version = newest; version > Math.max(0, newest - history); version--) {
        expect(isWhole(reader.acquireAt(version))).toBe(true);
      }
      const listed = reader.history().map(({ version }) => version);
      expect(listed).toEqual(writer.history().map(({ version }) => version));
      for (const version of listed) expect(isWhole(reader.acquireAt(version))).toBe(true);
      expect(segmentFiles().length).toBeLessThanOrEqual(Math.ceil(history / 3) + 1);
      reader.close();
    }
    expect(regions.inspect('r', { dir }).findings).toEqual([]);
    writer.close();
  });

  it('says ERR_VERSION_GONE for what is no longer kept, and for what is not yet there', () => {
    const writer = openWriter();
    publish(writer);
    switchSegment(writer);
    const reader = openReader();
    for (const version of [1, 3, 0, -1, 0.5, Number.NaN]) {
      expect(() => reader.acquireAt(version)).toThrow(expect.objectContaining({ code: 'ERR_VERSION_GONE' }));
    }
    expect(reader.history().map(({ version }) => version)).toEqual([2]);
    writer.close();
    reader.close();
  });

  it('goes on after its master has closed: versions, document, node ids (I2)', () => {
    const first = openWriter();
    publish(first);
    switchSegment(first);
    const { commit } = first;
    const { nodeIdBase, hashSeed } = first.segment;
    first.close();
    const second = openWriter();
    expect(second.commit).toEqual(commit);
    expect(second.segment).toMatchObject({ head: commit!.watermark, nodeIdBase, hashSeed });
    expect(publish(second).version).toBe(3);
    const reader = openReader();
    expect(isWhole(reader.acquireAt(2))).toBe(true);
    second.close();
    reader.close();
  });

  it('keeps old segments for a next master that asks for as much history, and drops them for one that asks for less', () => {
    const first = openWriter({ history: 3 });
    for (let i = 0; i < 3; i++) switchSegment(first);
    expect(segmentFiles()).toEqual(['r.2.seg', 'r.3.seg', 'r.4.seg']);
    first.close();
    const second = openWriter({ history: 3 });
    publish(second);
    expect(segmentFiles()).toEqual(['r.3.seg', 'r.4.seg']);
    second.close();
    openWriter().close();
    expect(segmentFiles()).toEqual(['r.4.seg']);
    openWriter({ history: 200 }).close();
  });

  it('gives its ring room for the history that its creator asks for, and refuses more later', () => {
    const first = openWriter({ history: 1000 });
    for (let i = 0; i < 1500; i++) publish(first, 8);
    const reader = openReader();
    expect(isWhole(reader.acquireAt(501))).toBe(true);
    first.close();
    expect(() => openWriter({ history: 1023 })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }));
    openWriter({ history: 1022 }).close();
    reader.close();
  });

  it('stops at maxBytes, all segments together, and the old version stands', () => {
    const writer = openWriter({ maxBytes: 400_000 });
    publish(writer, 15_000);
    expect(() => publish(writer, 15_000)).toThrow(expect.objectContaining({ code: 'ERR_TOO_LARGE' }));
    writer.discard();
    expect(() => writer.beginSegment()).not.toThrow();
    writer.close();
    const reader = openReader();
    expect(reader.acquire()?.commit.version).toBe(1);
    reader.close();
  });

  it('leaves no room for a fresh segment beside old versions that take too much', () => {
    const writer = openWriter({ maxBytes: 300_000, history: 5 });
    publish(writer, 10_000);
    switchSegment(writer);
    switchSegment(writer);
    expect(() => writer.beginSegment()).toThrow(expect.objectContaining({ code: 'ERR_TOO_LARGE' }));
    expect(readdirSync(dir).sort().slice(0, 4)).toEqual(['r.1.seg', 'r.2.seg', 'r.3.seg', 'r.ctl']);
    writer.close();
  });

  it('makes files of the mode that was asked for, and keeps it', () => {
    const before = process.umask(0o077);
    try {
      const writer = openWriter({ mode: 0o644 });
      publish(writer);
      const modes = () => ['r.ctl', ...segmentFiles()].map((name) => statSync(join(dir, name)).mode & 0o777);
      expect(modes()).toEqual([0o644, 0o644]);
      writer.close();
      const second = openWriter({ history: 2 });
      switchSegment(second);
      expect(modes()).toEqual([0o644, 0o644, 0o644]);
      second.close();
      openWriter({ mode: 0o640, history: 2 }).close();
      expect(modes()).toEqual([0o640, 0o640, 0o640]);
      if (kind === 'native') expect(statSync(join(dir, 'r.lock')).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it('can be opened again whatever the umask takes', () => {
    const before = process.umask(0o777);
    try {
      publish(openWriter());
      if (kind === 'native') expect(statSync(join(dir, 'r.lock')).mode & 0o777).toBe(0o600);
      expect(statSync(join(dir, 'r.ctl')).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it.each([
    [{ mode: 0o666 }],
    [{ mode: 0o400 }],
    [{ mode: 0o604 }],
    [{ mode: 0.5 }],
    [{ maxBytes: 196_607 }],
    [{ maxBytes: Number.NaN }],
    [{ history: 0 }],
    [{ history: 1.5 }],
    [{ history: 70_000 }],
    [{ wait: { timeoutMs: -1 } }],
  ])('refuses the options %o, and makes nothing', (options) => {
    expect(() => openWriter(options)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }));
    expect(readdirSync(dir)).toEqual([]);
  });

  it('refuses everything after close, which may be called again', () => {
    const writer = openWriter();
    publish(writer);
    const reader = openReader();
    const acquired = reader.acquire()!;
    reader.close();
    reader.close();
    expect(isWhole(acquired)).toBe(true);
    expect(reader.changedSince(1)).toBe(true);
    const closed = expect.objectContaining({ code: 'ERR_CLOSED' });
    for (const use of [
      () => reader.acquire(),
      () => reader.acquireAt(1),
      () => reader.history(),
      () => reader.status(),
      () => reader.reattach(),
    ]) {
      expect(use).toThrow(closed);
    }
    writer.close();
    writer.close();
    for (const use of [
      () => publishIn(writer, writer.segment, { lo: 0, hi: 0 }),
      () => writer.beginSegment(),
      () => writer.history(),
    ]) {
      expect(use).toThrow(closed);
    }
    expect(existsSync(join(dir, 'r.ctl'))).toBe(true);
  });
});
