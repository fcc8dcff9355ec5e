/** I17 and I18: holders are counted, the last one unmaps, and what was released is never read. */
import { expect, it } from 'vitest';
import { publishIn } from '../../../programs/region-payload.mjs';
import { describeKinds, loadRegions, newDirectory } from '../kit.js';

describeKinds('a segment', (kind) => {
  it('is readable as long as anybody holds it, and throws then, whatever its memory shows', async () => {
    const { RegionWriter, RegionReader } = await loadRegions(kind);
    const dir = newDirectory();
    const writer = RegionWriter.open('region', { dir });
    publishIn(writer, writer.segment, { lo: 1, hi: 2 });
    const reader = RegionReader.open('region', { dir });
    const [one, other] = [reader.acquire()!, reader.acquire()!];
    expect(one.segment).toBe(other.segment);
    const { segment } = one;
    publishIn(writer, writer.beginSegment(), { lo: 3, hi: 4 });
    const newest = reader.acquire()!;
    expect(reader.held()).toMatchObject({ segments: 1, bytes: segment.sizeBytes });
    one.segment.release();
    expect(segment.released).toBe(false);
    expect(segment.i32.length).toBeGreaterThan(0);
    other.segment.release();
    expect(segment.released).toBe(true);
    expect(reader.held()).toEqual({ segments: 0, bytes: 0 });
    for (const read of [() => segment.i32, () => segment.f64, () => segment.bytes]) {
      expect(read).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
    }
    expect(() => segment.release()).toThrow('internal error');
    expect(() => segment.hold()).toThrow('internal error');
    reader.close();
    expect(newest.segment.i32.length).toBeGreaterThan(0);
    newest.segment.release();
    expect(newest.segment.released).toBe(true);
    writer.close();
  });

  it('of a master is not read when it has been left', async () => {
    const { RegionWriter } = await loadRegions(kind);
    const writer = RegionWriter.open('region', { dir: newDirectory() });
    publishIn(writer, writer.segment, { lo: 1, hi: 2 });
    const { segment } = writer;
    publishIn(writer, writer.beginSegment(), { lo: 3, hi: 4 });
    expect(() => segment.bytes).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
    writer.close();
    expect(() => writer.segment.i32).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
  });
});
