// Objects that describe themselves: number n stands as often as the kind of payload says, so that any mixture of two shows.
const sizes = {
  // Most are small, each fiftieth is large.
  mixed: (n) => (n % 50 === 0 ? 20_000 : 1 + ((n * 37) % 100)),
  // All frames have 7006 bytes, for numbers of six digits: a mapping of a few bytes more has no room behind the frame.
  tight: () => 1000,
  // What seed.py writes.
  python: (n) => 1 + ((n * 37) % 100),
};

export const payload = (kind, n) => new Array(sizes[kind](n)).fill(n);

export const isWhole = (kind, object) =>
  Array.isArray(object) && object.length === sizes[kind](object[0]) && object.every((element) => element === object[0]);
