// Numbers that look random and are the same in every run: mulberry32.

/** Returns a function that gives the next number in [0, 1). */
export function randomNumbers(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns the values in an order without a pattern, the same in every run. */
export function shuffled(list) {
  const random = randomNumbers(7);
  return list
    .map((value) => [random(), value])
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value);
}
