// Tables whose rows are objects of many keys, all with the same: the browser-support tables that build tools read, and tables of many columns.
import { randomNumbers } from './random.mjs';

const ANSWERS = ['y', 'n', 'y', 'y', 'a #1', 'n d #2', 'y x', 'p'];
const versions = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
const BROWSERS = {
  chrome: versions(4, 140),
  edge: versions(12, 120),
  firefox: ['3.5', '3.6', ...versions(2, 140)],
  opera: ['9.5-9.6', '10.0-10.1', '10.5', '11.1', '11.5', '12.1', ...versions(15, 110)],
  safari: versions(3, 26).flatMap((version) => [`${version}.0`, `${version}.1`, `${version}.2-${version}.3`]),
};

/** Features by name, each with its support in every version of some browsers: 72 to 139 keys, most of them like integers. */
export function makeSupport(features = 600) {
  const random = randomNumbers(8);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const supportOf = (list) => Object.fromEntries(list.map((version) => [version, pick(ANSWERS)]));
  const data = {};
  for (let i = 0; i < features; i++) {
    const stats = Object.fromEntries(Object.entries(BROWSERS).map(([name, list]) => [name, supportOf(list)]));
    data[`feature-${i}`] = {
      title: `Feature number ${i}`,
      status: 'rec',
      stats,
      notes: '',
      usage_perc_y: random() * 100,
    };
  }
  return { updated: 1732600000, data };
}

/** Rows of `columns` columns of numbers and short texts; about 400,000 values in all. */
export function makeColumns(columns, values = 400_000) {
  const random = randomNumbers(columns);
  const cells = [
    () => Math.floor(random() * 1e6),
    () => Math.round(random() * 1e5) / 100,
    () => ANSWERS[Math.floor(random() * ANSWERS.length)],
    () => `station ${Math.floor(random() * 500)}`,
  ];
  const names = Array.from({ length: columns }, (_, i) => `column_${i}`);
  const row = () => Object.fromEntries(names.map((name, i) => [name, cells[i % cells.length]()]));
  return { title: `a table of ${columns} columns`, rows: Array.from({ length: values / columns }, row) };
}
