/** Numbers, and what is typical of them. */
export class Quantiles {
  #values = [];

  add(value) {
    this.#values.push(value);
  }

  /** Returns count, median, 99th percentile and maximum; undefined where there is no number. */
  summary() {
    if (this.#values.length === 0) return undefined;
    const sorted = Float64Array.from(this.#values).sort();
    const at = (share) => sorted[Math.ceil(share * sorted.length) - 1];
    return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted[sorted.length - 1] };
  }
}
