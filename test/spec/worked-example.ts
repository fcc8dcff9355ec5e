/** The bytes of a small tree with what each means: the worked example of `spec/FORMAT.md`. */
import {
  ARRAY_SLOTS,
  countOf,
  hiOf,
  isTagged,
  Kind,
  kindOf,
  OBJECT_SLOTS,
  SHAPE_SLOTS,
  Tag,
  tagOf,
} from '../../src/format/layout.js';

import type { Reader } from '../../src/format/read/reader.js';
import { readScalar } from '../../src/format/read/scalar.js';
import type { Written } from '../unit/written.js';

/** Returns a table with a line for each unit; `tree` has small containers only. */
export function workedExample({ writer, segment, lo, hi }: Written): string {
  const meanings = new Map<number, string>();
  describeSlotTarget(writer.reader, lo, hi, meanings);
  const lines = [' byte unit   bytes in the file          hi       lo        meaning'];
  for (let unit = 8; unit < segment.limit / 8; unit++) {
    const bytes = segment.bytes.subarray(unit * 8, unit * 8 + 8);
    const inFile = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const words = [segment.i32[unit * 2 + 1], segment.i32[unit * 2]].map(hex).join(' ');
    const meaning = meanings.get(unit) ?? 'not used';
    const isText = meaning.startsWith('characters') || meaning === 'not used';
    lines.push(
      `${String(unit * 8).padStart(5)} ${String(unit).padStart(4)}   ${inFile}    ${isText ? ' '.repeat(17) : words}   ${meaning}`,
    );
  }
  lines.push(` root slot                             ${hex(hi)} ${hex(lo)}   ${slotMeaning(writer.reader, lo, hi)}`);
  return lines.join('\n');
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** Notes the meaning of all that a slot leads to. */
function describeSlotTarget(reader: Reader, lo: number, hi: number, meanings: Map<number, string>): void {
  if (!isTagged(hi)) return;
  const tag = tagOf(hi);
  if (tag === Tag.LATIN1 || tag === Tag.UTF16) describeText(reader, lo, hi, meanings);
  else if (tag === Tag.OBJECT) describeObject(reader, lo, meanings);
  else if (tag === Tag.ARRAY) describeNode(reader, lo, ARRAY_SLOTS, 'ARRAY', meanings);
}

function describeText(reader: Reader, start: number, hi: number, meanings: Map<number, string>): void {
  const wide = tagOf(hi) === Tag.UTF16;
  const text = JSON.stringify(readScalar(reader, start, hi));
  const end = start + (hi & 0xffff) * (wide ? 2 : 1);
  for (let unit = start >>> 3; unit * 8 < end; unit++) {
    const part = `characters of ${text}${wide ? ' (UTF-16)' : ''}`;
    const known = meanings.get(unit);
    meanings.set(unit, known === undefined ? part : `${known}, ${part}`);
  }
}

function describeObject(reader: Reader, unit: number, meanings: Map<number, string>): void {
  const { i32 } = reader.segment;
  const shape = i32[unit * 2 + 2];
  describeNode(reader, unit, OBJECT_SLOTS, 'OBJECT', meanings);
  meanings.set(unit + 1, `its shape: the node at unit ${shape}`);
  if (!meanings.has(shape)) describeNode(reader, shape, SHAPE_SLOTS, 'SHAPE', meanings);
}

function describeNode(
  reader: Reader,
  unit: number,
  slots: number,
  kind: keyof typeof Kind,
  meanings: Map<number, string>,
): void {
  const { i32 } = reader.segment;
  const header = i32[unit * 2 + 1];
  if (kindOf(header) !== Kind[kind]) throw new Error(`there is no ${kind} at unit ${unit}`);
  const nodeId = kind === 'SHAPE' ? '' : `, node id ${i32[unit * 2]}`;
  meanings.set(unit, `${kind}, kind ${Kind[kind]}, count ${countOf(header)}${nodeId}`);
  for (let i = 0; i < countOf(header); i++) {
    const word = unit * 2 + slots + i * 2;
    const what = kind === 'SHAPE' ? 'key' : kind === 'OBJECT' ? 'value' : 'element';
    meanings.set(word / 2, `${what} ${i}: ${slotMeaning(reader, i32[word], i32[word + 1])}`);
    describeSlotTarget(reader, i32[word], i32[word + 1], meanings);
  }
}

function slotMeaning(reader: Reader, lo: number, hi: number): string {
  if (!isTagged(hi)) return `the double ${readScalar(reader, lo, hi)}`;
  const tag = tagOf(hi);
  const name = Object.entries(Tag).findLast(([, value]) => value <= tag)?.[0] ?? '';
  if (tag === Tag.OBJECT || tag === Tag.ARRAY) return `${name}, the node at unit ${lo}`;
  if (tag === Tag.LATIN1 || tag === Tag.UTF16) return `${name}, ${hi & 0xffff} characters from byte ${lo}`;
  const value = JSON.stringify(readScalar(reader, lo, hi));
  return tag >= Tag.INLINE && hi < hiOf(Tag.LARGE_ARRAY)
    ? `INLINE + ${tag - Tag.INLINE}, ${value}`
    : `${name}, ${value}`;
}
