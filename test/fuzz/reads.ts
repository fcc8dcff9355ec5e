/** Everything that may be read of one tree. */
import { JsonMmapError } from '../../src/errors.js';
import { isArray, isContainer, Tag, tagOf } from '../../src/format/layout.js';
import { orderedEntries } from '../../src/format/read/entries.js';
import { materialize } from '../../src/format/read/materialize.js';
import { Reader } from '../../src/format/read/reader.js';
import { viewOf } from '../../src/format/read/view.js';
import { weigh } from '../../src/format/read/weigh.js';
import { verify } from '../../src/format/verify/verify.js';
import type { Tree } from './trees.js';

const CONTAINERS_MAX = 100;
const VALUES_MAX = 300;
const TEXT_MAX = 50_000;

/**
 * Reads a tree in every way and returns what came of it as text: values, or the code of the error.
 * @throws whatever a read throws that is no `ERR_REGION_CORRUPT`, and where a value is none that JSON has
 */
export function probe({ segment, lo, hi }: Tree): string {
  const reader = new Reader(segment);
  const outcomes = [
    attempt(() => described(materialize(reader, lo, hi), true)),
    attempt(() => described(viewOf(new Reader(segment), lo, hi), false)),
    attempt(() => pointReads(reader, lo, hi)),
    attempt(() => stringified(viewOf(reader, lo, hi))),
    attempt(() => String(weighed(new Reader(segment), lo, hi))),
  ];
  const { liveBytes, problems } = verify(segment, lo, hi);
  if (problems.length === 0 && outcomes.includes('corrupt')) throw new Error('verify finds nothing where readers fail');
  if (problems.length === 0 && outcomes[0] !== outcomes[1]) throw new Error('view and value of a whole tree differ');
  if (problems.length === 0 && outcomes[4] !== String(liveBytes)) throw new Error('its weight is not its bytes');
  return [...outcomes, ...problems].join('\n');
}

/** The bytes of a value, as its parts are weighed. */
export function weighed(reader: Reader, lo: number, hi: number): number {
  const weighing = weigh({ reader, lo, hi }, { top: 3, levels: 2 });
  for (;;) {
    const { done, value } = weighing.next();
    if (done) return value.bytes;
  }
}

/** Runs `read`; 'corrupt' where the bytes are refused. */
export function attempt(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_REGION_CORRUPT') return 'corrupt';
    throw error;
  }
}

/** The first values of a tree as a text; what lies behind them is not looked at. */
export function described(root: unknown, frozen: boolean): string {
  const waiting = [root];
  const parts: string[] = [];
  for (let i = 0; i < waiting.length && i < VALUES_MAX; i++) {
    const value = waiting[i];
    if (typeof value === 'object' && value !== null) {
      if (frozen && !Object.isFrozen(value)) throw new Error('a value is not frozen');
      const entries = Object.entries(value);
      parts.push(Array.isArray(value) ? `[${entries.length}]` : `{${entries.map(([key]) => shortened(key))}}`);
      for (const [, child] of entries) waiting.push(child);
    } else if (typeof value === 'string') {
      parts.push(shortened(value));
    } else if (value === null || typeof value === 'boolean' || Number.isFinite(value)) {
      parts.push(String(value));
    } else {
      throw new Error(`${String(value)} is no value of JSON`);
    }
  }
  return parts.join(' ');
}

/** Tokens that may lead somewhere in the container of a slot. */
export function tokensToTry(reader: Reader, lo: number, hi: number): string[] {
  const tokens = ['0', '1', '63', '64', '4999', '-', 'key 7', 'key 69', 'a', 'b', 'list', 'version_added', '__proto__'];
  if (isArray(hi)) return tokens;
  try {
    const keys = tagOf(hi) === Tag.OBJECT ? reader.shapeOf(lo).keys : orderedEntries(reader, lo).keys;
    return [...tokens, ...keys.slice(0, 20)];
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_REGION_CORRUPT') return tokens;
    throw error;
  }
}

function shortened(text: string): string {
  return `${text.length}:${text.slice(0, 20)}…${text.slice(-20)}`;
}

/** The text of a view that has not too much of it. */
function stringified(view: unknown): string {
  let size = 0;
  return `${JSON.stringify(view, (_, value) => {
    size += typeof value === 'string' ? value.length : 1;
    return size > TEXT_MAX ? null : typeof value === 'string' ? shortened(value) : value;
  })}`.slice(0, TEXT_MAX);
}

function pointReads(reader: Reader, rootLo: number, rootHi: number): string {
  const { i32 } = reader.segment;
  const waiting: [number, number][] = [[rootLo, rootHi]];
  const parts: string[] = [];
  for (let i = 0; i < waiting.length && i < CONTAINERS_MAX; i++) {
    const [lo, hi] = waiting[i];
    parts.push(attempt(() => String(reader.sizeOf(lo, hi))));
    if (!isContainer(hi)) continue;
    for (const token of tokensToTry(reader, lo, hi)) {
      parts.push(
        attempt(() => {
          const word = reader.child(lo, hi, token);
          if (word >= 0) waiting.push([i32[word], i32[word + 1]]);
          return String(word);
        }),
      );
    }
  }
  return parts.join(' ');
}
