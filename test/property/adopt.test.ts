/** Values whose memory is gone keep their objects: `adopt` finds what `refresh` finds, and never changes what a value says. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { adopt } from '../../src/format/compare/adopt.js';

const value = fc.jsonValue({ maxDepth: 4 });

function frozen<T>(json: T): T {
  if (typeof json === 'object' && json !== null) for (const child of Object.values(json)) frozen(child);
  return Object.freeze(json);
}

function copy<T>(json: T): T {
  return frozen(structuredClone(json));
}

it('gives the fresh value, order of keys included, and the old one where they are equal', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [old, fresh] = [copy(a), copy(b)];
      const adopted = adopt(old, fresh);
      expect(adopted).toEqual(fresh);
      expect(JSON.stringify(adopted)).toBe(JSON.stringify(fresh));
      expect(Object.isFrozen(adopted)).toBe(true);
      expect(adopt(old, copy(a))).toBe(old);
    }),
  );
});

it('keeps each part that is equal, beside those that changed', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), value, fc.array(value), fc.nat(), (parts, other, rows, at) => {
      const old = copy({ parts, rows, other: [other] });
      const position = rows.length === 0 ? 0 : at % rows.length;
      const changed = [...rows.slice(0, position), { inserted: true }, ...rows.slice(position)];
      const adopted = adopt(old, copy({ parts, rows: changed, other: [other, 1] })) as typeof old;
      expect(adopted.parts).toBe(old.parts);
      expect(adopted.other[0]).toBe(old.other[0]);
      old.rows.forEach((row, i) => {
        expect(adopted.rows.includes(row)).toBe(true);
        if (i < position) expect(adopted.rows[i]).toBe(row);
      });
    }),
  );
});

it('takes keys like __proto__ for what they are, and any depth', () => {
  const old = frozen(JSON.parse('{"__proto__": {"a": 1}, "b": [1]}'));
  const adopted = adopt(old, frozen(JSON.parse('{"__proto__": {"a": 1}, "b": [2]}'))) as Record<string, unknown>;
  expect(Object.getOwnPropertyDescriptor(adopted, '__proto__')?.value).toBe(
    Object.getOwnPropertyDescriptor(old, '__proto__')?.value,
  );
  expect(Object.getPrototypeOf(adopted)).toBe(Object.prototype);
  expect(adopt(old, frozen(JSON.parse('{"b": [1]}')))).toEqual({ b: [1] });
  const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  expect(() => adopt(JSON.parse(nested), JSON.parse(nested))).not.toThrow();
  // Were a child looked into twice at each level, neither of these would ever end.
  const [old900, longer] = [900, 900].map((depth, i) =>
    JSON.parse(`${'['.repeat(depth)}${i}${`${i === 0 ? '' : ',2'}]`.repeat(depth)}`),
  );
  expect(JSON.stringify(adopt(old900, longer))).toBe(JSON.stringify(longer));
  expect(Object.is(adopt(0, -0), -0)).toBe(true);
});
