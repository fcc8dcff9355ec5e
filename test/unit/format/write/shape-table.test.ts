import { describe, expect, it } from 'vitest';
import { ShapeTable } from '../../../../src/format/write/shape-table.js';

describe('ShapeTable', () => {
  it('has one path for each list of keys, in their order', () => {
    const table = new ShapeTable();
    const path = table.of(['a', 'b']);
    expect(table.of(['a', 'b'])).toBe(path);
    expect(table.of(['a', 'c'])).not.toBe(path);
    expect(table.of(['b', 'a'])).not.toBe(path);
    expect(table.of(['a', 'b'])).toBe(path); // and still, after others went on from the same key
    expect([path.count, path.list(), table.root.count, table.root.list()]).toEqual([2, ['a', 'b'], 0, []]);
  });

  it('tells long keys apart, and knows them by other strings of the same text', () => {
    const table = new ShapeTable();
    const long = 'k'.repeat(2000);
    const path = table.of([long]);
    const other = table.of([`${long}.`]);
    expect(other).not.toBe(path);
    expect(table.of([Buffer.from(long).toString()])).toBe(path);
    expect(table.of([long])).toBe(path);
    expect(path.list()).toEqual([long]);
  });

  it('forgets the shapes of this write at or above a unit', () => {
    const table = new ShapeTable();
    const paths = ['a', 'b', 'c'].map((key) => table.of([key]));
    for (const [i, path] of paths.entries()) table.add(path, 10 * (i + 1));
    table.forgetFrom(20);
    expect(paths.map(({ unit }) => unit)).toEqual([10, -1, -1]);
  });

  it('keeps the shapes of a write that was committed', () => {
    const table = new ShapeTable();
    const [kept, lost] = [table.of(['a']), table.of(['b'])];
    table.add(kept, 10);
    table.keep();
    table.add(lost, 20);
    table.forgetFrom(0);
    expect([kept.unit, lost.unit]).toEqual([10, -1]);
  });

  it('is emptied when it has grown too large; the old paths remain usable', () => {
    const table = new ShapeTable();
    const old = table.of(['a']);
    table.add(old, 10);
    for (let i = 0; i < 65_536; i++) table.of([`key ${i}`]);
    expect(table.of(['a'])).not.toBe(old);
    expect(table.of(['a']).unit).toBe(-1);
    expect(old.after('b').list()).toEqual(['a', 'b']);
  });
});
