/** Whole regions as bytes: what a case of the fuzzing of files begins with. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Copier } from '../../src/format/write/copy.js';
import { encode } from '../../src/format/write/encode.js';
import { reconcile } from '../../src/format/write/reconcile.js';
import { Writer } from '../../src/format/write/writer.js';
import { RegionWriter } from '../../src/region/writer.js';
import { publishIn } from '../programs/region-payload.mjs';
import { smallDocuments, type Versions } from './documents.js';

export const NAME = 'f';

/** The bytes of a region's files. Those of a segment end where the last commit does. */
export interface Image {
  readonly control: Buffer;
  /** Undefined where there is no file of that number. */
  readonly segments: readonly [first: Buffer | undefined, second: Buffer | undefined];
  /** Bytes of the files, where they are not those of the buffers. */
  readonly sizes: { control?: number; segments: (number | undefined)[] };
}

/** Makes an image of each document: three versions in a segment, and two more in the fresh one of a compaction. */
export function makeImages(parent: string): Image[] {
  return smallDocuments.map((versions) => {
    const dir = mkdtempSync(join(parent, 'jsonmmap-image-'));
    try {
      return makeImage(dir, versions);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
}

/** Returns a copy whose bytes may be changed. */
export function copyOf({ control, segments: [first, second], sizes }: Image): Image {
  return {
    control: Buffer.from(control),
    segments: [first && Buffer.from(first), second && Buffer.from(second)],
    sizes: { ...sizes, segments: [...sizes.segments] },
  };
}

function makeImage(dir: string, { before, after }: Versions): Image {
  const region = RegionWriter.open(NAME, { dir, history: 5 });
  const old = new Writer(region.segment);
  encode(old, before);
  const first = { lo: old.lo, hi: old.hi };
  publish(region, old);
  reconcile(old, after as object, first.lo, first.hi);
  publish(region, old);
  reconcile(old, before as object, old.lo, old.hi);
  publish(region, old);

  const segment = region.beginSegment();
  const fresh = new Writer(segment);
  new Copier(old.reader, fresh).copy(old.lo, old.hi);
  fresh.finish();
  const used = [region.usedBytes];
  publishIn(region, segment, { lo: fresh.lo, hi: fresh.hi });
  reconcile(fresh, after as object, fresh.lo, fresh.hi);
  publish(region, fresh);
  used.push(region.usedBytes);
  region.close();
  const files = [1, 2].map((number) => readFileSync(join(dir, `${NAME}.${number}.seg`)));
  return {
    control: readFileSync(join(dir, `${NAME}.ctl`)),
    segments: [files[0].subarray(0, used[0]), files[1].subarray(0, used[1])],
    sizes: { segments: files.map(({ length }) => length) },
  };
}

function publish(region: RegionWriter, writer: Writer): void {
  const root = { lo: writer.lo, hi: writer.hi };
  writer.finish();
  publishIn(region, region.segment, root);
  writer.keep();
  [writer.lo, writer.hi] = [root.lo, root.hi];
}
