/** Files of which some parts are older than others, as a copy of a living region may have them: one whole version, or a code. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Follower, JsonMmapError, Master } from '../../src/index.js';
import { RECORD_BYTES, RING_OFFSET, VERSION_OFFSET } from '../../src/region/files/layout.js';
import { scratch } from './squats.js';

const OLD = 6;
const NEW = 9;
/** Four versions fit into the first segment's smallest size, so the old files have another segment than the new ones. */
const TEXT_LENGTH = 14_000;

interface Part {
  readonly file: string;
  readonly at: number;
  readonly size: number;
}

interface Document {
  readonly n: number;
  readonly text: string;
  readonly again: number;
}

it('are never read as a mixture', () => {
  const dir = scratch();
  const [older, newer, mixed] = ['older', 'newer', 'mixed'].map((name) => join(dir, name));
  for (const path of [older, newer, mixed]) mkdirSync(path, { mode: 0o700 });
  const master = Master.open<Document>('m', { dir, history: 3, initial: document(1) });
  for (let n = 2; n <= NEW; n++) {
    master.write(document(n));
    if (n === OLD) keep(dir, older);
  }
  keep(dir, newer);
  master.close();

  const parts = partsOf([...new Set([older, newer].flatMap((path) => readdirSync(path)))]);
  const outcomes = new Map<string, number>();
  for (let choice = 0; choice < 2 ** parts.length; choice++) {
    mix(
      { older, newer, mixed },
      parts.filter((_, i) => (choice >> i) % 2 === 1),
    );
    const outcome = read(mixed);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect([...outcomes.keys()].sort()).toEqual(['ERR_REGION_CORRUPT', 'whole']);
});

function document(n: number): Document {
  return { n, text: String.fromCharCode(96 + n).repeat(TEXT_LENGTH), again: n };
}

function keep(from: string, to: string): void {
  for (const file of readdirSync(from)) if (/\.(ctl|seg)$/.test(file)) copyFileSync(join(from, file), join(to, file));
}

/** The version word, the records that differ, and each segment. */
function partsOf(files: readonly string[]): Part[] {
  const records = Array.from({ length: NEW - OLD + 3 }, (_, i) => ({
    file: 'm.ctl',
    at: RING_OFFSET + (OLD - 2 + i) * RECORD_BYTES,
    size: RECORD_BYTES,
  }));
  const segments = files.filter((file) => file.endsWith('.seg')).map((file) => ({ file, at: 0, size: Infinity }));
  return [{ file: 'm.ctl', at: VERSION_OFFSET, size: 8 }, ...records, ...segments];
}

/** Lays `parts` of the old files over the new ones. */
function mix({ older, newer, mixed }: Record<'older' | 'newer' | 'mixed', string>, parts: readonly Part[]): void {
  const files = new Set([...readdirSync(older), ...readdirSync(newer)]);
  for (const file of files) {
    let bytes = readIfThere(join(newer, file));
    for (const { at, size } of parts.filter((part) => part.file === file)) {
      const old = readIfThere(join(older, file));
      if (size === Infinity) bytes = old;
      else bytes.set(old.subarray(at, at + size), at);
    }
    writeFileSync(join(mixed, file), bytes, { mode: 0o600 });
  }
}

function readIfThere(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}

function read(dir: string): string {
  let follower: Follower<Document> | undefined;
  try {
    follower = Follower.open('m', { dir });
    const { n, text, again } = follower.current;
    const whole = n === follower.version && again === n && text === document(n).text;
    return whole ? 'whole' : `version ${follower.version} reads as ${n}, ${again}, ${text?.slice(0, 10)}`;
  } catch (error) {
    if (!(error instanceof JsonMmapError)) throw error;
    return error.code;
  } finally {
    follower?.close();
  }
}
