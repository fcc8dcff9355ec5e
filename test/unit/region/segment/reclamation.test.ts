/** When the engine is asked to collect: soon enough for those who forget, seldom enough for those who hold. */
import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../../../../src/region/segment/collect-garbage.js';
import { Reclamation } from '../../../../src/region/segment/reclamation.js';

const MIB = 2 ** 20;
const PLENTY = Infinity;

/** One that counts how often it collects. */
function counted(): { reclamation: Reclamation; times: () => number } {
  let times = 0;
  const reclamation = new Reclamation(() => times++);
  return { reclamation, times: () => times };
}

describe('reclamation', () => {
  it('waits until 16 MiB are kept, or a quarter of what is free', () => {
    const { reclamation, times } = counted();
    for (let mib = 1; mib <= 16; mib++) reclamation.consider(() => mib * MIB, PLENTY);
    expect(times()).toBe(0);
    reclamation.consider(() => 17 * MIB, PLENTY);
    expect(times()).toBe(1);
    const short = counted();
    short.reclamation.consider(() => 2 * MIB, 8 * MIB);
    expect(short.times()).toBe(0);
    short.reclamation.consider(() => 2 * MIB, 7 * MIB);
    expect(short.times()).toBe(1);
  });

  it('keeps what is dropped bounded, however often a segment is left', () => {
    const { reclamation, times } = counted();
    let kept = 0;
    let most = 0;
    for (let i = 0; i < 1000; i++) {
      kept += MIB;
      const before = times();
      reclamation.consider(() => kept, PLENTY);
      most = Math.max(most, kept);
      if (times() > before) kept = 0; // all of it had been dropped
    }
    expect(most).toBe(17 * MIB);
    expect(times()).toBeLessThan(1000 / 16);
  });

  it('collects a few times for a program that holds a thousand', () => {
    const { reclamation, times } = counted();
    for (let mib = 1; mib <= 1000; mib++) reclamation.consider(() => mib * MIB, PLENTY);
    expect(times()).toBeLessThanOrEqual(Math.log2(1000 / 16) + 1);
  });

  it('takes for held what is kept when the engine has told, and not what was left since', async () => {
    const { reclamation, times } = counted();
    let kept = 100 * MIB;
    reclamation.consider(() => kept, PLENTY);
    expect(times()).toBe(1);
    kept = 0; // all of it had been dropped
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    reclamation.consider(() => 100 * MIB, PLENTY);
    expect(times()).toBe(2);
  });

  it('forgets how much was held when that is given back', () => {
    const { reclamation, times } = counted();
    for (let mib = 1; mib <= 1000; mib++) reclamation.consider(() => mib * MIB, PLENTY);
    const before = times();
    reclamation.consider(() => MIB, PLENTY);
    reclamation.consider(() => 17 * MIB, PLENTY);
    expect(times()).toBe(before + 1);
  });
});

describe('collecting', () => {
  it('finds what was forgotten, in a process that was not started for that', async () => {
    expect((globalThis as { gc?: unknown }).gc).toBeUndefined();
    let found = 0;
    const registry = new FinalizationRegistry(() => found++);
    (() => registry.register({}, undefined))();
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(found).toBe(1);
    expect((globalThis as { gc?: unknown }).gc).toBeUndefined();
  });
});
