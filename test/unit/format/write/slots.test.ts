import { expect, it } from 'vitest';
import { SlotStack } from '../../../../src/format/write/slots.js';

it('keeps slots in their order while it grows', () => {
  const stack = new SlotStack();
  for (let i = 0; i < 1000; i++) stack.push(i, i + 7);
  expect(stack.top).toBe(2000);
  for (let i = 0; i < 1000; i++) expect([stack.words[i * 2], stack.words[i * 2 + 1]]).toEqual([i, i + 7]);
});

it('writes over what is above its top', () => {
  const stack = new SlotStack();
  for (let i = 0; i < 3; i++) stack.push(i, i);
  stack.top = 2;
  stack.push(7, 8);
  expect(Array.from(stack.words.subarray(0, stack.top))).toEqual([0, 0, 7, 8]);
});
