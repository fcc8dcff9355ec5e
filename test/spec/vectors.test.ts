/**
 * The vectors hold in both directions: the writer makes these bytes, and readers make this JSON of them. After an intended change of the format,
 * `UPDATE_VECTORS=1 npx vitest run test/spec` writes them anew.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { materialize } from '../../src/format/read/materialize.js';
import { Reader } from '../../src/format/read/reader.js';
import type { Segment } from '../../src/format/segment.js';
import { verify } from '../../src/format/verify/verify.js';
import { hasPython, noPython, PythonPeer } from '../python.js';
import { cases } from './cases.js';
import { HEADER_BYTES, unfolded, type Vector, vectorOf } from './vector.js';

const ROOT = join(import.meta.dirname, '..', '..');
const directory = join(ROOT, 'spec', 'vectors');
const names = Object.keys(cases);
const pathOf = (name: string) => join(directory, `${name.replaceAll(/[^a-z0-9]+/g, '-')}.json`);
const textOf = (vector: Vector) => `${JSON.stringify(vector, null, 2)}\n`;

beforeAll(() => {
  if (process.env.UPDATE_VECTORS === undefined) return;
  for (const file of readdirSync(directory)) if (file.endsWith('.json')) rmSync(join(directory, file));
  for (const name of names) writeFileSync(pathOf(name), textOf(vectorOf(name, cases[name]())));
});

function segmentOf({ bytesHex, hashSeed, nodeIdBase }: Vector): Segment {
  const content = Buffer.from(unfolded(bytesHex), 'hex');
  const limit = HEADER_BYTES + content.length;
  const buffer = new ArrayBuffer(limit);
  const bytes = Buffer.from(buffer);
  bytes.set(content, HEADER_BYTES);
  return { number: 1, limit, hashSeed, nodeIdBase, bytes, i32: new Int32Array(buffer), f64: new Float64Array(buffer) };
}

it('there is a file for each vector, and no other', () => {
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  expect(files.map((file) => join(directory, file)).toSorted()).toEqual(names.map(pathOf).toSorted());
});

describe.each(names)('the vector %j', (name) => {
  const read = () => readFileSync(pathOf(name), 'utf8');

  it('is what the writer makes', () => {
    expect(textOf(vectorOf(name, cases[name]()))).toBe(read());
  });

  it('reads as its JSON', () => {
    const vector = JSON.parse(read()) as Vector;
    const segment = segmentOf(vector);
    const [lo, hi] = [vector.rootLo | 0, vector.rootHi | 0];
    const value = materialize(new Reader(segment), lo, hi);
    expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(unfolded(vector.json))));
    expect(verify(segment, lo, hi).problems).toEqual([]);
  });
});

describe.skipIf(!hasPython)(`a reader in Python, written from spec/FORMAT.md${noPython}`, () => {
  let python: PythonPeer;

  beforeAll(() => {
    python = new PythonPeer(join(ROOT, 'spec', 'reader.py'));
  });

  afterAll(() => {
    python.close();
  });

  it.each(names)('reads the vector %j', async (name) => {
    expect(await python.ask(pathOf(name))).toBe('same');
  });

  it('tells a vector that is not right', async () => {
    const vector = JSON.parse(readFileSync(pathOf('example'), 'utf8')) as Vector;
    expect(await python.ask({ ...vector, json: '{"id":7}' })).toContain('differs');
    expect(await python.ask({ ...vector, rootLo: vector.rootLo + 1 })).toContain('corrupt');
  });
});
