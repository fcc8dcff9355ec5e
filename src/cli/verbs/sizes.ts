/** `jsonmmap sizes`: what is heavy in a document. */
import type { Command } from 'commander';
import type { Follower } from '../../follower/follower.js';
import type { ValueRef } from '../../format/compare/value-ref.js';
import { UNIT_BYTES } from '../../format/layout.js';
import { pointerOf } from '../../format/pointer.js';
import { type Part, type Weight, type Weights, weigh } from '../../format/read/weigh.js';
import { keepUntilHere } from '../../region/segment/lease.js';
import { type RegionSizes, sizesOf } from '../../region/sizes.js';
import { type JsonOption, jsonPointer, positiveNumber, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { kindOf, sizeText } from '../output/kinds.js';
import { type Progress, withProgress } from '../output/progress.js';
import { safe } from '../output/safe.js';
import { table } from '../output/table.js';
import { count, grouped, size } from '../output/words.js';
import { existing } from '../pointer.js';
import { snapshotAt, withFollower } from '../region.js';

interface Options extends Where, JsonOption {
  readonly top?: number;
  readonly depth?: number;
  readonly at?: number;
}

const TOP = 10;
/** Each level of parts takes part of the stack. */
const DEPTH_MAX = 100;

export function register(program: Command, io: Io): void {
  const command = program
    .command('sizes')
    .summary('show which parts of the document are heavy')
    .description(
      'Show the heaviest parts of the document, or of the value at a JSON pointer, with the bytes that they take in the region. Bytes that several parts share, such as the key list of equal rows, count for the first of them.',
    )
    .argument('<name>', 'the region')
    .argument('[pointer]', 'a JSON pointer such as /flags (default: the whole document)', jsonPointer)
    .option('--top <parts>', `show so many (default: ${TOP})`, positiveNumber)
    .option('--depth <levels>', 'show parts down to this level, parents and children (default: 1)', positiveNumber)
    .option('--at <version>', 'read this version, if it is still kept', positiveNumber);
  reads(command).action((name: string, pointer: string | undefined, options: Options) =>
    withFollower(name, options, async (follower) => {
      const measured = await measure(io, follower, pointer ?? '', options);
      if (options.json) await io.printJson(forMachines(measured));
      else await io.print(describe(io, measured));
    }),
  );
}

interface Measured {
  readonly name: string;
  readonly version: number;
  readonly pointer: string;
  readonly ref: ValueRef;
  readonly weights: Weights;
  readonly isWholeList: boolean;
  /** Of the newest version; unknown where a part was measured, or another version. */
  readonly region: RegionSizes | undefined;
}

async function measure(io: Io, follower: Follower, pointer: string, options: Options): Promise<Measured> {
  const { top = TOP, depth = 1, at } = options;
  const { name } = follower;
  const snapshot = snapshotAt(follower, at, options);
  const ref = snapshot.valueRef(existing(snapshot, name, pointer)) as ValueRef;
  const usedBytes = ref.reader.end * UNIT_BYTES;
  const total = follower.status().bytes;
  const weights = await withProgress(io, usedBytes, (progress) => {
    progress.doing(`measuring ${name}`);
    return weighed(ref, { top, levels: Math.min(depth, DEPTH_MAX) }, usedBytes, progress);
  });
  keepUntilHere(snapshot);
  return {
    name,
    version: snapshot.version,
    pointer,
    ref,
    weights,
    isWholeList: depth === 1,
    region: pointer === '' && at === undefined ? sizesOf(usedBytes, weights.bytes, total) : undefined,
  };
}

function weighed(
  ref: ValueRef,
  options: { top: number; levels: number },
  usedBytes: number,
  progress: Progress,
): Weights {
  const weighing = weigh(ref, options);
  for (;;) {
    const { done, value } = weighing.next();
    if (done) return value;
    progress.fraction(value / usedBytes);
  }
}

function forMachines({ name, version, pointer, ref: { reader }, weights, region }: Measured) {
  const { heaviest, ...whole } = weights;
  return {
    name,
    version,
    path: pointer,
    ...whole,
    region,
    heaviest: heaviest.map(({ path, lo, hi, ...weight }) => ({
      path: pointer + pointerOf(path),
      type: kindOf(reader, lo, hi),
      ...weight,
      share: shareOf(weight, whole),
    })),
  };
}

function shareOf({ bytes }: Weight, whole: Weight): number {
  return whole.bytes === 0 ? 0 : Math.round((bytes / whole.bytes) * 10_000) / 10_000;
}

function describe(io: Io, measured: Measured): string {
  const { name, version, pointer, ref, weights, isWholeList, region } = measured;
  const { heaviest, bytes, values } = weights;
  const title = io.paint('bold', safe(`${name}${pointer === '' ? '' : ` ${pointer}`}`));
  const whole =
    region === undefined
      ? size(bytes)
      : `${size(bytes)} live, ${size(region.garbage)} garbage, ${size(region.spare)} spare`;
  const lines = [`${title}  version ${version}: ${whole}; ${count(values, 'value')}`];
  if (heaviest.length > 0) lines.push(partTable(io, measured));
  const others = Math.max(0, ref.reader.sizeOf(ref.lo, ref.hi)) - heaviest.length;
  if (isWholeList && others > 0) {
    const left = bytes - heaviest.reduce((sum, part) => sum + part.bytes, 0);
    lines.push(io.paint('dim', `and ${count(others, 'other')}, ${size(left)} with the container itself`));
  }
  return lines.join('\n');
}

function partTable(io: Io, { pointer, ref: { reader }, weights }: Measured): string {
  const columns = [
    { title: 'SIZE', align: 'right' },
    { title: 'SHARE', align: 'right' },
    { title: 'VALUES', align: 'right' },
    { title: 'TYPE' },
    { title: 'PATH' },
  ] as const;
  const rows = weights.heaviest.map((part) => [
    size(part.bytes),
    `${(shareOf(part, weights) * 100).toFixed(1)} %`,
    grouped(part.values),
    typeText(reader, part),
    safe(pointer + pointerOf(part.path)),
  ]);
  return table(columns, rows, io.paint, io.width);
}

function typeText(reader: ValueRef['reader'], { lo, hi }: Part): string {
  return sizeText(reader, lo, hi) ?? kindOf(reader, lo, hi);
}
