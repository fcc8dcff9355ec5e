// Numbers from repetitions.
import { measure } from 'mitata';

/**
 * Runs each of `ways` once a round, in turns, so that whatever else the machine does falls on all of them alike.
 * @param {number} rounds
 * @param {Record<string, (round: number) => number | Promise<number>>} ways each returns its result of that round
 * @returns {Promise<Record<string, number[]>>}
 */
export async function inTurns(rounds, ways) {
  const results = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) results[name].push(await way(round));
  }
  return results;
}

/** The nanoseconds that one call of `body` takes, among millions: mitata's median. `body` hands its result to `do_not_optimize`. */
export async function perCall(body, quick) {
  const { p50 } = await measure(body, { min_cpu_time: quick ? 100e6 : 500e6 });
  return p50;
}

/** The nanoseconds that `body` takes. */
export function nanoseconds(body) {
  const started = process.hrtime.bigint();
  body();
  return Number(process.hrtime.bigint() - started);
}

export function median(samples) {
  return percentile(samples, 0.5);
}

/** The sample below which `share` of all lie: 0.99 for p99. */
export function percentile(samples, share) {
  if (samples.length === 0) throw new Error('no samples');
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
