/** Which cases a test run tries: `FUZZ_CASES` many, from `FUZZ_SEED` on. */
import { casesOf } from '../effort.js';

export const cases = Number(process.env.FUZZ_CASES ?? casesOf(20_000));
export const firstSeed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

export function timeoutMs(count: number): number {
  return 60_000 + count * 20;
}

/** Runs `check` with `count` seeds, and says which one failed. */
export async function eachSeed(count: number, check: (seed: number) => void | Promise<void>): Promise<void> {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    try {
      await check(seed);
    } catch (error) {
      throw new Error(`FUZZ_SEED=${seed} FUZZ_CASES=1 fails`, { cause: error });
    }
  }
}
