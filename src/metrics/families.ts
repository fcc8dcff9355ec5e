/** The values of all metrics at one moment, as Prometheus arranges them: a family has a name, and a sample for each region. */
import type { Histogram } from '../write-requests/report.js';
import { type MetricsOptions, present } from './sources.js';
import { followerMetrics, type Metric, masterHistograms, masterMetrics, prometheusName } from './table.js';

export interface Sample {
  /** The name of the family, for histograms with a suffix. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: Metric<never>['type'];
  readonly samples: Sample[];
}

/** Reads every source once. Closed ones are left out. Some microseconds for each. */
export function readFamilies({ masters = [], followers = [] }: MetricsOptions): Family[] {
  const published = present(masters).flatMap((master) => statusIfOpen(master));
  const followed = present(followers).flatMap((follower) => statusIfOpen(follower));
  return [
    ...masterMetrics.map((metric) => familyOf(metric, published)),
    ...masterHistograms.map((metric) => ({
      ...familyOf(metric, []),
      samples: published.flatMap(({ region, status }) => buckets(prometheusName(metric), region, metric.read(status))),
    })),
    ...followerMetrics.map((metric) => familyOf(metric, followed)),
  ].filter(({ samples }) => samples.length > 0);
}

/** A region and its status; nothing for a master or follower that is closed. */
export function statusIfOpen<S>(source: { readonly name: string; status(): S }): { region: string; status: S }[] {
  try {
    return [{ region: source.name, status: source.status() }];
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_CLOSED') return [];
    throw error;
  }
}

function familyOf<S>(metric: Metric<S, unknown>, read: readonly { region: string; status: S }[]): Family {
  const name = prometheusName(metric);
  const samples = read.flatMap(({ region, status }) => {
    const value = metric.read(status);
    return typeof value === 'number' ? [{ name, labels: { region }, value }] : [];
  });
  return { name, help: metric.help, type: metric.type, samples };
}

/** Prometheus counts what is at most as long as the bound of a bucket, so each contains the ones before it. */
function buckets(name: string, region: string, { boundsSeconds, counts, sumSeconds, count }: Histogram): Sample[] {
  let sum = 0;
  const cumulative = [...boundsSeconds, Number.POSITIVE_INFINITY].map((bound, i) => {
    sum += counts[i];
    const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
    return { name: `${name}_bucket`, labels: { region, le }, value: sum };
  });
  return [
    ...cumulative,
    { name: `${name}_sum`, labels: { region }, value: sumSeconds },
    { name: `${name}_count`, labels: { region }, value: count },
  ];
}
