/** How heavy the children of a container are, and how the space of a region is used; measured in short turns. */
import { dirname } from 'node:path';
import type { ValueRef } from '../../format/compare/value-ref.js';
import { type Weights, weigh } from '../../format/read/weigh.js';
import { fileSizes } from '../../region/files/file-sizes.js';
import { freeBytesAt } from '../../region/files/free-space.js';
import { RegionPaths } from '../../region/files/paths.js';
import { sizesOf } from '../../region/sizes.js';
import type { SizesAnswer, SpaceAnswer } from '../api.js';
import { previewOf } from './preview.js';
import { type Session, withValue } from './session.js';
import { Turns } from './turns.js';

const HEAVIEST = 100;

/** Measures the value at `path` and its children. O(value) in turns of a few milliseconds. @throws the reason of the signal, and as `withValue` */
export function sizesAt(session: Session, path: string, signal: AbortSignal): Promise<SizesAnswer> {
  return withValue(session, path, undefined, async (ref, version) => {
    const { bytes, values, heaviest } = await weighed(ref, HEAVIEST, signal);
    const rows = heaviest.map((part) => ({
      key: part.path[0],
      bytes: part.bytes,
      values: part.values,
      ...previewOf(ref.reader, part.lo, part.hi),
    }));
    return { version, path, bytes, values, heaviest: rows };
  });
}

/** Measures what of a region's files is live. O(document) in turns of a few milliseconds. @throws the reason of the signal, and as `withValue` */
export function spaceOf(session: Session, signal: AbortSignal): Promise<SpaceAnswer> {
  const { follower } = session;
  return withValue(session, '', undefined, async (ref, version) => {
    const { bytes } = await weighed(ref, 0, signal);
    const directory = dirname(follower.path);
    const files = fileSizes(new RegionPaths(follower.name, directory));
    const usedBytes = follower.history().find((commit) => commit.version === version)?.watermark ?? 0;
    const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const { live, garbage, spare } = sizesOf(usedBytes, bytes, total);
    const freeBytes = freeBytesAt(directory);
    return { version, liveBytes: live, garbageBytes: garbage, spareBytes: spare, files, freeBytes };
  });
}

async function weighed(ref: ValueRef, top: number, signal: AbortSignal): Promise<Weights> {
  const turns = new Turns(signal);
  const steps = weigh(ref, { top });
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    if (turns.isOver) await turns.next();
  }
}
