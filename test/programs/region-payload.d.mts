import type { AppendableSegment, Segment } from '../../src/format/segment.js';
import type { Commit } from '../../src/region/control/record.js';
import type { WritableSegment } from '../../src/region/segment/writable-segment.js';
import type { RegionWriter, RootSlot } from '../../src/region/writer.js';

export function append(segment: AppendableSegment, version: number, count?: number): { lo: number; hi: number };
export function publishIn(writer: RegionWriter, segment: WritableSegment, root: RootSlot, committedAt?: number): Commit;
export function isWhole(acquired: { commit: Commit; segment: Segment }): boolean;
