/** Documents that together have every tag and every kind of node, and what each becomes at its next version. */

/** A document at two versions that have most of their parts in common. */
export interface Versions {
  readonly before: unknown;
  readonly after: unknown;
}

const listOf = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));
const objectOf = (length: number, value: (i: number) => unknown): Record<string, unknown> =>
  Object.fromEntries(listOf(length, (i) => [`key ${i}`, value(i)]));

const mixed = { a: 1, b: [true, null, -1.5, 'two', 'a longer text', 'wide Ω'], c: { d: { e: {} } }, 7: [[], [[]]] };
const nested = (depth: number, leaf: unknown) =>
  JSON.parse(`${'{"a":[1,'.repeat(depth)}${JSON.stringify(leaf)}${'],"b":2}'.repeat(depth)}`);
const support = listOf(30, (i) => (i % 4 === 0 ? { version_added: String(i % 3) } : `element ${i}`));
const wideKeys = {
  ['k'.repeat(70)]: 1,
  Ωmega: 2,
  '': 5e-324,
  list: listOf(5, (i) => ({ i, text: 'é'.repeat(i * 3) })),
};
const trie = objectOf(70, (i) => (i % 3 === 0 ? { i, list: [i, `text ${i}`] } : i / 3));
const rows = listOf(3, (row) => objectOf(70, (i) => (i % 20 === row ? { i } : row)));
const index: unknown[] = listOf(67, (i) => (i % 16 === 0 ? [i] : i));

/** A few kilobytes each, so that a case is fast. */
export const smallDocuments: readonly Versions[] = [
  { before: mixed, after: { ...mixed, a: 2, c: { d: { e: { f: 'new' } } } } },
  { before: nested(12, null), after: nested(12, { deeper: true }) },
  { before: support, after: support.with(8, { version_added: '9' }).toSpliced(20, 1) },
  { before: wideKeys, after: { added: [wideKeys.list], ...wideKeys, Ωmega: 3 } },
  { before: listOf(17, (i) => [i]), after: listOf(18, (i) => [i]) },
  { before: objectOf(12, (i) => objectOf(i % 4, (j) => j)), after: objectOf(13, (i) => objectOf(i % 3, (j) => j)) },
  { before: trie, after: { ...trie, 'key 3': 'changed', more: { i: -1, list: [] } } },
  {
    before: rows,
    after: rows.with(1, { ...rows[1], 'key 3': 'changed', more: 1 }).with(
      2,
      objectOf(70, (i) => i),
    ),
  },
  { before: index, after: index.with(40, 'changed') },
  { before: { x: index, y: index }, after: { y: index.toSpliced(3, 1), x: index } },
  { before: 'only a text, and not a short one', after: ['only a text, and not a short one'] },
];

const long = { long: 'x'.repeat(65_600), wide: 'Ω'.repeat(300), narrow: listOf(40, (i) => 'é'.repeat(i * 3)) };

/** What takes more room: deep trees, long strings, indexes of two levels. */
export const largeDocuments: readonly Versions[] = [
  { before: nested(40, null), after: nested(41, null) },
  { before: long, after: { ...long, more: 'x'.repeat(65_601) } },
  { before: objectOf(700, (i) => i), after: objectOf(690, (i) => (i === 345 ? -i : i)) },
  { before: [listOf(4200, (i) => i), 'Ω'.repeat(65_600)], after: [listOf(4201, (i) => i), 'Ω'.repeat(65_600)] },
];
