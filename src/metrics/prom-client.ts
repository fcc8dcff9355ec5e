/** Metrics in a registry of prom-client, which the program brings: a registry takes everything that has `get`, so nothing of the package is loaded here. */
import { type Family, readFamilies } from './families.js';
import type { MetricsOptions } from './sources.js';
import { followerMetrics, type Metric, masterHistograms, masterMetricsOf, prometheusName } from './table.js';

/** What is used of the `Registry` of prom-client. */
export interface PromRegistry {
  // biome-ignore lint/suspicious/noExplicitAny: the type of a metric is that of prom-client, which need not be installed
  registerMetric(metric: any): void;
  removeSingleMetric(name: string): void;
}

/**
 * Adds the metrics of masters and followers to `registry`. They are read at each scrape, and cost nothing between two.
 * @returns a function that takes them out again
 * @throws what the registry throws where a name is taken
 *
 * @example
 * registerPromClient(register, { masters: [master] });
 */
export function registerPromClient(registry: PromRegistry, options: MetricsOptions): () => void {
  const families = readOncePerTurn(options);
  const metrics = [...masterMetricsOf(options), ...masterHistograms, ...followerMetrics].map((metric) =>
    collected(metric, families),
  );
  for (const metric of metrics) registry.registerMetric(metric);
  return () => {
    for (const { name } of metrics) registry.removeSingleMetric(name);
  };
}

/** A registry asks all metrics in one turn of the event loop: sources are read once for all of them. */
function readOncePerTurn(options: MetricsOptions): () => Family[] {
  let families: Family[] | undefined;
  return () => {
    if (families !== undefined) return families;
    families = readFamilies(options);
    queueMicrotask(() => {
      families = undefined;
    });
    return families;
  };
}

function collected(metric: Metric<never, unknown>, families: () => readonly Family[]) {
  const name = prometheusName(metric);
  const { help, type } = metric;
  return {
    name,
    help,
    type,
    aggregator: 'sum',
    get() {
      const samples = families().find((family) => family.name === name)?.samples ?? [];
      const values = samples.map((sample) => ({
        value: sample.value,
        labels: { ...sample.labels },
        metricName: sample.name,
        exemplar: null,
      }));
      return { name, help, type, values, aggregator: 'sum' };
    },
    reset() {}, // there is nothing to begin anew: the counts are those of the masters
  };
}
