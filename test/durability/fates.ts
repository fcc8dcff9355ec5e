/** Which of all that a disk may hold is looked at. */
import type { Fate } from './medium.js';

/** Up to so many combinations, all are tried. */
const EXHAUSTIVE = 32;
const FACTOR = Number(process.env.JSONMMAP_REPLAY ?? 1);
const SINGLES = 5 * FACTOR;
const RANDOM = 4 * FACTOR;
const SHARES = [0.1, 0.5, 0.9].map((share) => share * 2 ** 31);

/**
 * Yields fates for as many choices, each with its name: all combinations where there are few; else nothing, everything, each choice alone or
 * left out (a sample of them where there are many), and random ones.
 */
export function* fates(choices: readonly number[], next: () => number): Generator<[string, Fate]> {
  const combinations = choices.reduce((product, newest) => product * (newest + 1), 1);
  if (combinations <= EXHAUSTIVE) {
    for (let number = 0; number < combinations; number++) yield [`combination ${number}`, nth(number)];
    return;
  }
  yield ['nothing', () => 0];
  yield ['everything', (newest) => newest];
  const sampled = choices.length > SINGLES;
  for (let i = 0; i < Math.min(SINGLES, choices.length); i++) {
    const chosen = sampled ? next() % choices.length : i;
    yield [`only ${chosen}`, counted((at, newest) => (at === chosen ? newest : 0))];
    yield [`all but ${chosen}`, counted((at, newest) => (at === chosen ? 0 : newest))];
  }
  for (let i = 0; i < RANDOM; i++) {
    yield [`random ${i}`, (newest) => (next() < SHARES[i % SHARES.length] ? 1 + (next() % newest) : 0)];
  }
}

function nth(number: number): Fate {
  let rest = number;
  return (newest) => {
    const state = rest % (newest + 1);
    rest = Math.floor(rest / (newest + 1));
    return state;
  };
}

function counted(decide: (at: number, newest: number) => number): Fate {
  let at = 0;
  return (newest) => decide(at++, newest);
}
