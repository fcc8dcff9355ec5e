/** What the test vectors hold, and how each came to be: written as a whole, or changed afterwards as a master changes it. */
import { insertElement, removeElement, setElement } from '../../src/format/write/array-edit.js';
import { Copier } from '../../src/format/write/copy.js';
import { encode } from '../../src/format/write/encode.js';
import { deleteEntry, setEntry } from '../../src/format/write/object-edit.js';
import { Writer } from '../../src/format/write/writer.js';
import { collidingKeys } from '../unit/format/colliding.js';
import { MemorySegment } from '../unit/memory-segment.js';
import { type Written, written } from '../unit/written.js';

const listOf = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));
const objectOf = (length: number, value: (i: number) => unknown) =>
  Object.fromEntries(listOf(length, (i) => [`key ${i}`, value(i)]));

/** The document of the worked example. */
export const example = { id: 7, name: 'Ada Lovelace', score: 1.5, tags: ['x', 'λ'] };

const whole: Record<string, unknown> = {
  null: null,
  'string at the root': 'more than six characters',
  constants: [null, true, false],
  integers: [0, 1, -1, 42, 2 ** 31 - 1, -(2 ** 31)],
  doubles: [0.1, -1.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 + 2, 1e21, 1e308, -1e308, 5e-324],
  'inline strings': ['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'é\u0080ÿ\0\u007f"'],
  'latin1 strings': ['seven c', 'eight ch', 'naïve café', 'x'.repeat(64), 'y'.repeat(65), '\0'.repeat(7)],
  'utf16 strings': ['λ', 'odd len', 'Ελληνικά', '\u{1f600}', '\ud83d', '\ude00\ud83d', 'a\u0100', 'ΩΩΩ'.repeat(30)],
  'longest direct string': ['x'.repeat(65_535)],
  'long string of latin1': { long: 'x'.repeat(65_537) },
  'long string of utf16': ['λ'.repeat(65_539)],
  'empty object': {},
  'empty array': [],
  example,
  'keys of all kinds': JSON.parse('{"":1,"__proto__":{"a":2},"λ":3,"\\ud800":4,"a longer key é":5,"toString":null}'),
  'keys like integers first': { b: 1, 10: 2, a: 3, 9: 4, '01': 5, 4294967294: 6, 4294967295: 7, '-1': 8 },
  'shared shape': [
    { x: 1, y: 2 },
    { x: 3, y: [4] },
    { y: 5, x: 6 },
  ],
  'shared leaves': { a: { since: '1' }, b: [{ since: '1' }, { since: '2' }, [], []], c: { since: '1' } },
  'shared strings': ['some longer text', 'some longer text', { key: 'some longer text' }],
  'object of 64 keys': objectOf(64, (i) => i),
  'object of 65 keys': objectOf(65, (i) => i),
  'object of 700 keys': objectOf(700, (i) => (i % 50 === 0 ? [i] : i)),
  'large object with integer keys': Object.fromEntries(listOf(80, (i) => [i % 2 === 0 ? `n${i}` : String(200 - i), i])),
  'wide objects of one key list': listOf(4, (row) => objectOf(70, (i) => (i === 69 ? [row] : row * i))),
  'wide objects with integer keys': listOf(3, (row) =>
    Object.fromEntries(listOf(80, (i) => [i % 2 === 0 ? `n${i}` : String(200 - i), row])),
  ),
  'array of 64 elements': listOf(64, (i) => i),
  'array of 65 elements': listOf(65, (i) => (i === 64 ? { last: true } : i)),
  'array of 4,097 elements': listOf(4097, () => null),
  'nested 100 deep': listOf(50, (i) => i).reduce<unknown>((inner, i) => ({ [`d${i}`]: [inner] }), null),
};

const changed: Record<string, () => Written> = {
  'large object with keys deleted and added': () => {
    const { writer, segment } = written(objectOf(70, (i) => i));
    for (let i = 0; i < 30; i++) deleteEntry(writer, writer.lo, writer.hi, `key ${i * 2}`);
    setScalar(writer, 'key 4', 'again, so last');
    setScalar(writer, '7', 'like an integer, so first');
    setScalar(writer, 'key 69', null);
    return finished(writer, segment);
  },

  'wide object with keys added and deleted': () => {
    const { writer, segment, lo, hi } = written(listOf(2, () => objectOf(70, (i) => i)));
    const second = writer.reader.element(lo, hi, 1);
    writer.result(segment.i32[second], segment.i32[second + 1]);
    setScalar(writer, 'key 3', 'replaced');
    setScalar(writer, 'key 70', 'new, so last');
    setScalar(writer, '7', 'like an integer, so first');
    deleteEntry(writer, writer.lo, writer.hi, 'key 12');
    setElement(writer, lo, hi, 1, writer.lo, writer.hi);
    return finished(writer, segment);
  },

  'large object with keys of one hash': () => {
    const segment = new MemorySegment({ hashSeed: 0xc0111de });
    const writer = new Writer(segment);
    encode(
      writer,
      Object.fromEntries([...listOf(65, (i) => `k${i}`), ...collidingKeys(20, 0xc0111de)].map((key, i) => [key, i])),
    );
    return finished(writer, segment);
  },

  'large array with elements inserted and removed': () => {
    const { writer, segment } = written(listOf(150, (i) => i));
    for (let i = 0; i < 6; i++) {
      const { lo, hi } = writer;
      encode(writer, `new ${i}`);
      insertElement(writer, lo, hi, 70, writer.lo, writer.hi);
    }
    for (let i = 0; i < 4; i++) removeElement(writer, writer.lo, writer.hi, 3);
    return finished(writer, segment);
  },

  'compacted, node ids kept': () => {
    const old = written({ list: listOf(70, (i) => i), keys: objectOf(66, (i) => [i]), text: 'more than six' });
    const segment = new MemorySegment({ number: 2, nodeIdBase: 2 ** 33 + old.segment.head / 8 });
    const writer = new Writer(segment);
    new Copier(old.writer.reader, writer).copy(old.lo, old.hi);
    setScalar(writer, 'new', 1.25);
    return finished(writer, segment);
  },
};

function setScalar(writer: Writer, key: string, value: unknown): void {
  const { lo, hi } = writer;
  encode(writer, value);
  setEntry(writer, lo, hi, key, writer.lo, writer.hi);
}

function finished(writer: Writer, segment: MemorySegment): Written {
  const { lo, hi } = writer;
  writer.finish();
  return { segment, writer, lo, hi };
}

/** The trees of all vectors, by name. */
export const cases: Record<string, () => Written> = {
  ...Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, () => written(value)])),
  ...changed,
};
