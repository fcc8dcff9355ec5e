// Random JSON values of every form that the format treats in its own way: small and large containers, strings of each encoding, all numbers.

const NUMBERS = [0, 1, -1, 0.1, 1e308, 5e-324, 2 ** 53, -(2 ** 31), 4294967296, 1.5];
const WORDS = ['', 'a', 'key', 'naïve', 'ключ', '日本', '😀', 'a/b~c', ' ', '"\\'];
const LARGE = { least: 65, most: 220 };
const LONG_STRING = 6000;
const DEEPEST = 4;

/** Returns a value; most are small, and now and then one is large. @param {import('./random.mjs').Random} random */
export function randomValue(random, depth = 0) {
  const kind = random.next();
  if (depth >= DEEPEST || kind < 0.45) return scalar(random);
  if (kind < 0.55) return largeArray(random);
  if (kind < 0.62) return largeObject(random);
  if (kind < 0.8) return Array.from({ length: random.integer(6) }, () => randomValue(random, depth + 1));
  return object(random, random.integer(7), () => randomValue(random, depth + 1));
}

function scalar(random) {
  const kind = random.next();
  if (kind < 0.3) return random.pick(NUMBERS);
  if (kind < 0.5) return random.next() * 10 ** random.between(-5, 12);
  if (kind < 0.6) return random.pick([true, false, null]);
  if (kind < 0.95) return `${random.pick(WORDS)}${random.integer(1000)}${random.pick(WORDS)}`;
  return `${random.pick(WORDS)}${random.integer(10)}`.repeat(random.integer(LONG_STRING / 8));
}

function largeArray(random) {
  return Array.from({ length: random.between(LARGE.least, LARGE.most) }, (_, i) => i * random.integer(3));
}

function largeObject(random) {
  return object(random, random.between(LARGE.least, LARGE.most), () => random.integer(1000));
}

/** Keys that look like integers come first in every JavaScript object; both sides have to agree on that. */
function object(random, size, nextValue) {
  const keyOf = (i) => (random.chance(0.1) ? String(random.integer(100)) : `${random.pick(WORDS)}${i}`);
  return Object.fromEntries(Array.from({ length: size }, (_, i) => [keyOf(i), nextValue()]));
}
