/** The values of all metrics at one moment, as Prometheus arranges them: a family has a name, and a sample for each region. */
import type { Status } from '../follower/status.js';
import type { MasterStatus } from '../master/status.js';
import type { Histogram } from '../write-requests/report.js';
import { statusWithFollowers } from './found-followers.js';
import { type MetricsOptions, present } from './sources.js';
import { followerMetrics, type Metric, masterHistograms, masterMetricsOf, prometheusName } from './table.js';

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

/** The status of a master or follower, and the region that it is of. */
interface Read<S> {
  readonly region: string;
  readonly status: S;
}

/** Reads every source once. Closed ones are left out. Some microseconds for each; with `findFollowers` see there. */
export function readFamilies(options: MetricsOptions): Family[] {
  const published = readMasters(options);
  const followed = readFollowers(options);
  return [
    ...masterMetricsOf(options).map((metric) => familyOf(metric, published)),
    ...masterHistograms.map((metric) => ({
      ...familyOf(metric, []),
      samples: published.flatMap(({ region, status }) => buckets(prometheusName(metric), region, metric.read(status))),
    })),
    ...followerMetrics.map((metric) => familyOf(metric, followed)),
  ].filter(({ samples }) => samples.length > 0);
}

/** Returns the status of each master that is open. */
export function readMasters({ masters = [], findFollowers = false }: MetricsOptions): Read<MasterStatus>[] {
  return present(masters).flatMap((master) =>
    ifOpen(master.name, () => (findFollowers ? statusWithFollowers(master) : master.status())),
  );
}

/** Returns the status of each follower that is open. */
export function readFollowers({ followers = [] }: MetricsOptions): Read<Status>[] {
  return present(followers).flatMap((follower) => ifOpen(follower.name, () => follower.status()));
}

function ifOpen<S>(region: string, read: () => S): Read<S>[] {
  try {
    return [{ region, status: read() }];
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_CLOSED') return [];
    throw error;
  }
}

function familyOf<S>(metric: Metric<S, unknown>, read: readonly Read<S>[]): Family {
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
