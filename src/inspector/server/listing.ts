/** A window on the children of a container: what the tree asks for while somebody scrolls. */
import type { ValueRef } from '../../format/compare/value-ref.js';
import { isContainer } from '../../format/layout.js';
import { type Children, childrenOf } from '../../format/read/children.js';
import type { ChildrenAnswer, Row } from '../api.js';
import { previewOf } from './preview.js';

type Listing = Omit<ChildrenAnswer, 'version'>;

export interface Window {
  readonly from: number;
  readonly count: number;
  /** Only children whose key contains this, whatever the case; all if it is empty. */
  readonly filter: string;
}

/** Containers whose children are remembered: somebody scrolls in one or two at a time. */
const REMEMBERED = 8;

interface Remembered {
  readonly ref: ValueRef;
  readonly filter: string;
  readonly children: Children;
  /** The positions that match, or undefined for all of them. */
  readonly matching: Int32Array | undefined;
}

/** Lists children, and remembers those of the containers that it listed last: a step of scrolling costs its rows, not the container. */
export class Listings {
  #remembered: Remembered[] = [];

  /** Lists a window of the children of the value that `ref` names. O(children) the first time, then O(window). @throws `ERR_REGION_CORRUPT` */
  list(ref: ValueRef, window: Window): Listing {
    const { reader, lo, hi } = ref;
    const at = previewOf(reader, lo, hi);
    if (!isContainer(hi)) return { at, count: 0, rows: [] };
    const { children, matching } = this.#find(ref, window.filter);
    const count = matching?.length ?? children.words.length;
    const end = Math.min(count, window.from + window.count);
    const rows: Row[] = [];
    for (let i = window.from; i < end; i++) rows.push(rowAt(ref, children, matching?.[i] ?? i));
    return { at, count, rows };
  }

  /** Returns where a key is among the children of a container; undefined where it is not. O(children). @throws `ERR_REGION_CORRUPT` */
  positionOf(ref: ValueRef, key: string): number | undefined {
    if (!isContainer(ref.hi)) return undefined;
    const { keys, words } = this.#find(ref, '').children;
    const position = keys === undefined ? Number(key) : keys.indexOf(key);
    return position >= 0 && position < words.length ? position : undefined;
  }

  #find(ref: ValueRef, filter: string): Remembered {
    const known = this.#remembered.find((one) => isSame(one.ref, ref) && one.filter === filter);
    if (known !== undefined) return known;
    const { reader, lo, hi } = ref;
    const children = this.#remembered.find((one) => isSame(one.ref, ref))?.children ?? childrenOf(reader, lo, hi);
    const found = { ref, filter, children, matching: filter === '' ? undefined : matches(children, filter) };
    this.#remembered = [found, ...this.#remembered].slice(0, REMEMBERED);
    return found;
  }
}

/** The same container of the same segment: nothing in it can differ. */
function isSame(a: ValueRef, b: ValueRef): boolean {
  return a.reader === b.reader && a.lo === b.lo && a.hi === b.hi;
}

function rowAt({ reader }: ValueRef, { keys, words }: Children, position: number): Row {
  const { i32 } = reader.segment;
  const word = words[position];
  return { key: keys?.[position] ?? String(position), ...previewOf(reader, i32[word], i32[word + 1]) };
}

function matches({ keys, words }: Children, filter: string): Int32Array {
  const wanted = filter.toLowerCase();
  const found: number[] = [];
  for (let i = 0; i < words.length; i++) {
    if ((keys?.[i] ?? String(i)).toLowerCase().includes(wanted)) found.push(i);
  }
  return Int32Array.from(found);
}
