/** How heavy the children of a container are, and how the space of a region is used; measured in short turns. */
import { dirname } from 'node:path';
import type { ValueRef } from '../../format/compare/value-ref.js';
import { isContainer } from '../../format/layout.js';
import { childrenOf } from '../../format/read/children.js';
import { Measurement } from '../../format/write/measure.js';
import { fileSizes } from '../../region/files/file-sizes.js';
import { freeBytesAt } from '../../region/files/free-space.js';
import { HEADER_BYTES } from '../../region/files/layout.js';
import { RegionPaths } from '../../region/files/paths.js';
import type { SizesAnswer, SpaceAnswer, Weight } from '../api.js';
import { previewOf } from './preview.js';
import { type Session, withValue } from './session.js';
import { Turns } from './turns.js';

const HEAVIEST = 100;
/** Of a few bytes each: less than a turn takes. */
const VALUES_AT_ONCE = 1000;

/** Measures the value at `path` and its children. O(value) in turns of a few milliseconds. @throws the reason of the signal, and as `withValue` */
export function sizesAt(session: Session, path: string, signal: AbortSignal): Promise<SizesAnswer> {
  return withValue(session, path, undefined, async (ref, version) => {
    const turns = new Turns(signal);
    const { reader, lo, hi } = ref;
    const bytes = await bytesIn(ref, turns);
    if (!isContainer(hi)) return { version, path, bytes, heaviest: [] };
    const { keys, words } = childrenOf(reader, lo, hi);
    const { i32 } = reader.segment;
    let heaviest: Weight[] = [];
    for (let i = 0; i < words.length; i++) {
      const child = { reader, lo: i32[words[i]], hi: i32[words[i] + 1] };
      const weight = { key: keys?.[i] ?? String(i), bytes: await bytesIn(child, turns) };
      heaviest.push({ ...weight, ...previewOf(reader, child.lo, child.hi) });
      if (heaviest.length > 2 * HEAVIEST) heaviest = heaviestOf(heaviest);
    }
    return { version, path, bytes, heaviest: heaviestOf(heaviest) };
  });
}

/** Measures what of a region's files is live. O(document) in turns of a few milliseconds. @throws the reason of the signal, and as `withValue` */
export function spaceOf(session: Session, signal: AbortSignal): Promise<SpaceAnswer> {
  const { follower } = session;
  return withValue(session, '', undefined, async (ref, version) => {
    const liveBytes = await bytesIn(ref, new Turns(signal));
    const directory = dirname(follower.path);
    const files = fileSizes(new RegionPaths(follower.name, directory));
    const usedBytes = follower.history().find((commit) => commit.version === version)?.watermark ?? 0;
    const garbageBytes = Math.max(0, usedBytes - HEADER_BYTES - liveBytes);
    const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const spareBytes = Math.max(0, total - liveBytes - garbageBytes);
    return { version, liveBytes, garbageBytes, spareBytes, files, freeBytes: freeBytesAt(directory) };
  });
}

async function bytesIn({ reader, lo, hi }: ValueRef, turns: Turns): Promise<number> {
  const measurement = new Measurement(reader, lo, hi);
  do {
    if (turns.isOver) await turns.next();
  } while (measurement.advance(VALUES_AT_ONCE));
  return measurement.bytes;
}

function heaviestOf(weights: Weight[]): Weight[] {
  return weights.sort((a, b) => b.bytes - a.bytes).slice(0, HEAVIEST);
}
