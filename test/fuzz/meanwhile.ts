/** Trees whose owner writes while they are read: one that changes between two loads as a seed says, and one that a thread scribbles on for real. */
import { Worker } from 'node:worker_threads';
import { JsonMmapError } from '../../src/errors.js';
import { diff, equalRefs } from '../../src/format/compare/diff.js';
import { keysAt } from '../../src/format/read/lookup.js';
import { materialize } from '../../src/format/read/materialize.js';
import { Reader } from '../../src/format/read/reader.js';
import { viewOf } from '../../src/format/read/view.js';
import type { Segment } from '../../src/format/segment.js';
import { verify } from '../../src/format/verify/verify.js';
import { bytesOf } from '../../src/format/write/measure.js';
import { anyOffset, anySlotHigh } from './damage.js';
import type { Random } from './random.js';
import { weighed } from './reads.js';
import { type Tree, type TreePair, undamaged } from './trees.js';

/** Every now and then a word is another one than it was when it was loaded last. */
export function tryUnsteady(random: Random): void {
  const pair = undamaged(random);
  readAll({ before: pair.before, after: { ...pair.after, segment: unsteady(random, pair.after.segment) } });
}

function unsteady(random: Random, segment: Segment): Segment {
  const units = segment.limit / 8;
  const often = random.of([3, 30, 300]);
  const i32 = new Proxy(segment.i32, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value === 'function') return value.bind(target);
      if (typeof value !== 'number' || key === 'length' || !random.once(often)) return value;
      return random.once(2) ? anyOffset(random, units) : anySlotHigh(random);
    },
  });
  return { ...segment, limit: segment.limit, i32 };
}

/** Beside the readers a thread writes whatever it likes, wherever it likes, as fast as it can. */
export async function tryScribbled(random: Random): Promise<void> {
  const { before, after } = undamaged(random);
  const shared = new SharedArrayBuffer(after.segment.bytes.length);
  const segment: Segment = {
    ...after.segment,
    limit: after.segment.limit,
    i32: new Int32Array(shared),
    f64: new Float64Array(shared, 0, shared.byteLength >> 3),
    bytes: Buffer.from(shared),
  };
  segment.bytes.set(after.segment.bytes);
  const stop = new Int32Array(new SharedArrayBuffer(8));
  const whole = Uint8Array.from(after.segment.bytes);
  const workerData = { shared, stop, whole, words: after.segment.limit >> 2, seed: random.below(2 ** 31) };
  const scribbler = new Worker(SCRIBBLER, { eval: true, workerData });
  const ended = new Promise((resolve) => scribbler.once('exit', resolve));
  await new Promise((resolve) => scribbler.once('message', resolve));
  try {
    for (let left = 20; left > 0; left--) readAll({ before, after: { ...after, segment } });
  } finally {
    Atomics.store(stop, 0, 1);
    await ended;
  }
}

/** Words of all kinds over the bytes, which are made whole again now and then, so that readers come far. */
const SCRIBBLER = `
const { parentPort, workerData } = require('node:worker_threads');
const { shared, stop, whole, words, seed } = workerData;
const [i32, bytes] = [new Int32Array(shared), new Uint8Array(shared)];
let state = seed | 1;
const next = () => (state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5 | 0) >>> 0;
const lies = [0, -1, 0x7fffffff, 0x40000000, 0xfff50000 | 0, 0xfff60000 | 0, 0xffff0000 | 0, 0x7ff00000, -0x100000, 65];
parentPort.postMessage('ready');
while (Atomics.load(stop, 0) === 0) {
  for (let left = 1 + next() % 40; left > 0; left--) {
    const word = 16 + next() % (words - 16);
    const was = i32[word];
    i32[word] = next() % 3 === 0 ? next() : lies[next() % lies.length];
    if (next() % 2 === 0) i32[word] = was;
  }
  bytes.set(whole);
}
`;

function readAll({ before, after }: TreePair): void {
  const from = { reader: new Reader(before.segment), lo: before.lo, hi: before.hi };
  const reads: ((to: Tree & { reader: Reader }) => unknown)[] = [
    ({ reader, lo, hi }) => checkValue(materialize(reader, lo, hi)),
    ({ reader, lo, hi }) => JSON.stringify(viewOf(reader, lo, hi)),
    ({ reader, lo, hi }) => keysAt(reader, { lo, hi }, []).length,
    ({ reader, lo, hi }) => bytesOf(reader, lo, hi),
    ({ reader, lo, hi }) => weighed(reader, lo, hi),
    ({ segment, lo, hi }) => verify(segment, lo, hi).problems.length,
    (to) => diff(from, to).length,
    (to) => equalRefs(to, from),
  ];
  for (const read of reads) {
    try {
      read({ ...after, reader: new Reader(after.segment) });
    } catch (error) {
      if (!(error instanceof JsonMmapError) || !CODES.includes(error.code)) throw error;
    }
  }
}

const CODES = ['ERR_REGION_CORRUPT', 'ERR_TOO_LARGE'];

/** Everything that was made is JSON's. */
function checkValue(root: unknown): void {
  const waiting = [root];
  for (let i = 0; i < waiting.length; i++) {
    const value = waiting[i];
    if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) waiting.push(child);
    else if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) {
      throw new Error(`${String(value)} is no value of JSON`);
    }
  }
}
