import { expect, it } from 'vitest';
import { CopiesTooLarge, CopyAllowance } from '../../../../src/format/write/copy-allowance.js';
import { coded } from './kit.js';

const ALWAYS_BYTES = 64 << 20;

it('lets 64 MiB be copied, and four bytes for each that is there', () => {
  new CopyAllowance().spend(ALWAYS_BYTES + 4 * 1000, 1000);
  expect(() => new CopyAllowance().spend(ALWAYS_BYTES + 4 * 1000 + 1, 1000)).toThrow(CopiesTooLarge);
  expect(() => new CopyAllowance().spend(ALWAYS_BYTES + 4 * 1000 + 1, 1000)).toThrow(coded('ERR_TOO_LARGE'));
});

it('counts all copies together, and gives nothing for what they have added', () => {
  const allowance = new CopyAllowance();
  const first = ALWAYS_BYTES;
  allowance.spend(first, 1000);
  allowance.spend(4 * 1000, 1000 + first);
  expect(() => allowance.spend(1, 1000 + first + 4 * 1000)).toThrow(CopiesTooLarge);
});
