import type { AppendableSegment, Segment } from '../../src/format/segment.js';
import type { Commit } from '../../src/region/control/record.js';

export function append(segment: AppendableSegment, version: number, count?: number): { lo: number; hi: number };
export function isWhole(acquired: { commit: Commit; segment: Segment }): boolean;
