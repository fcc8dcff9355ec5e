import { expect, it } from 'vitest';
import { corpus, damaged, poison, probe } from './fuzz.js';
import { guarded } from './guarded.js';

const cases = Number(process.env.FUZZ_CASES ?? 20_000);
const firstSeed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const timeout = 60_000 + cases * 20;

it('whole trees are whole', () => {
  for (const tree of corpus) expect(probe(tree)).not.toContain('corrupt');
});

it(`${cases} damaged trees give values or ERR_REGION_CORRUPT, from seed ${firstSeed} on`, { timeout }, () => {
  eachCase(cases, (seed) => {
    const tree = damaged(seed);
    poison(tree, 0);
    const outcome = probe(tree);
    if (seed % 4 > 0) return;
    poison(tree, 0xa5);
    if (probe(tree) !== outcome) throw new Error('what lies behind the limit was read');
  });
});

it('nothing behind the limit is touched', { timeout }, () => {
  eachCase(Math.ceil(cases / 20), (seed) => {
    const { segment, lo, hi } = damaged(seed);
    // The root lies at the end: cut there, its header may be within the limit and the rest of it behind.
    const limit = Math.max(0, segment.limit - 8 * (seed % 50));
    probe({ segment: guarded({ ...segment, limit }), lo, hi });
  });
});

function eachCase(count: number, check: (seed: number) => void): void {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    try {
      check(seed);
    } catch (error) {
      throw new Error(`FUZZ_SEED=${seed} FUZZ_CASES=1 fails`, { cause: error });
    }
  }
}
