import { expect, it } from 'vitest';
import { PlainObjects } from '../../../../src/format/write/plain.js';

it('includes objects whose prototype is that of a literal, and no others', () => {
  const plain = new PlainObjects();
  expect(plain.includes({ a: 1 })).toBe(true);
  for (const other of [[], new (class A {})(), Object.create(null), Object.create({ inherited: 1 }), new Map()]) {
    expect(plain.includes(other)).toBe(false);
  }
});

it('includes none while all objects inherit an enumerable property', () => {
  Object.defineProperty(Object.prototype, 'inherited', { value: 1, enumerable: true, configurable: true });
  const included = new PlainObjects().includes({});
  Reflect.deleteProperty(Object.prototype, 'inherited');
  expect(included).toBe(false);
  expect(new PlainObjects().includes({})).toBe(true);
});
