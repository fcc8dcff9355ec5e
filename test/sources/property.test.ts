import fc from 'fast-check';
import { expect, it } from 'vitest';
import { valueIn } from './kit.js';

it.each(['json', 'jsonc', 'json5', 'yaml'] as const)(
  'whatever JSON.stringify writes, %s takes for the same',
  (format) => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(valueIn(format, text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  },
);

it('takes a whole number exactly when a double has it, or prints as it', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
      fc.constantFrom('json', 'json5', 'yaml'),
      (number, format) => {
        const printed = BigInt(
          Number(number).toLocaleString('fullwide', { useGrouping: false, maximumFractionDigits: 0 }),
        );
        const held = BigInt(Number(number)) === number || printed === number;
        const read = () => valueIn(format, `[${number}]`);
        if (held) expect(read()).toEqual([Number(number)]);
        else expect(read).toThrow('would become');
      },
    ),
  );
});

it('finds a key that stands twice wherever it is, and no other', () => {
  const keys = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(keys, fc.constantFrom('json', 'jsonc', 'json5', 'yaml'), fc.nat(19), (names, format, which) => {
      const members = names.map((name) => `${JSON.stringify(name)}: {"a": 1}`);
      expect(() => valueIn(format, `{${members.join(', ')}}`)).not.toThrow();
      const twice = [...members, members[which % members.length]];
      expect(() => valueIn(format, `{${twice.join(', ')}}`)).toThrow('occurs twice');
    }),
  );
});
