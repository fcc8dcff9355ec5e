/**
 * The metrics, each once: name, type, unit, help and where its value is from. Prometheus calls it `jsonmmap_publishes_total`, OpenTelemetry
 * `jsonmmap.publishes`; both count time in seconds and size in bytes.
 */
import type { Channel } from 'node:diagnostics_channel';
import { channels } from '../channels.js';
import { COMPACTION_BOUNDS_SECONDS, PUBLISH_BOUNDS_SECONDS } from '../duration-bounds.js';
import type { Status } from '../follower/status.js';
import type { MasterStatus } from '../master/status.js';
import type { Histogram } from '../write-requests/report.js';
import type { MetricsOptions } from './sources.js';

export interface Metric<S, V = number | undefined> {
  /** Words of the name, without prefix, unit and type. */
  readonly words: readonly string[];
  readonly unit: 'By' | 's' | '1' | '{process}' | '{version}';
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Undefined where there is no value now. */
  readonly read: (status: S) => V;
}

export const masterMetrics: readonly Metric<MasterStatus>[] = [
  gauge('version', '1', 'Newest version that followers see', ({ version }) => version),
  gauge(
    'committed timestamp',
    's',
    'When the newest version was published, in seconds since 1970',
    ({ committedAt }) => (committedAt === undefined ? undefined : committedAt / 1000),
  ),
  gauge('segments size', 'By', 'Size of all segment files', ({ bytes }) => bytes),
  gauge('used', 'By', 'Bytes used in the newest segment, garbage included', ({ usedBytes }) => usedBytes),
  gauge(
    'fresh',
    'By',
    'Bytes that the newest segment held when nothing in it was garbage',
    (status) => status.freshBytes,
  ),
  gauge('native', '1', '1 with the native addon, 0 over the fallback', ({ system }) => Number(system === 'native')),
  counter('publishes', '1', 'Versions published since the master was opened', ({ publishes }) => publishes),
  counter('change', 'By', 'Bytes that publishes have appended', ({ changeBytes }) => changeBytes),
  counter('refusals', '1', 'Writes that were refused and changed nothing', ({ refusals }) => refusals),
  counter('compactions', '1', 'Moves of the document to a fresh segment', ({ compactions }) => compactions),
];

/** What masters can say of the processes that follow them, where these are looked for. */
export const foundFollowerMetrics: readonly Metric<MasterStatus>[] = [
  gauge(
    'followers',
    '{process}',
    'Processes of this machine that follow the region',
    (status) => status.followers?.length,
  ),
  gauge(
    'followers lag',
    '{version}',
    'At least how many versions the follower that is furthest behind is behind',
    ({ followers }) => followers && Math.max(0, ...followers.map(({ lagVersions }) => lagVersions ?? 0)),
  ),
  gauge(
    'followers hidden',
    '{process}',
    'Processes of other users that could not be looked into',
    (status) => status.hiddenProcesses,
  ),
];

/** A distribution: Prometheus reads its buckets, OpenTelemetry records each duration. */
export interface HistogramMetric extends Metric<MasterStatus, Histogram> {
  readonly boundsSeconds: readonly number[];
  /** Tells each duration as `{ path, durationMs }`. */
  readonly channel: Channel;
}

export const masterHistograms: readonly HistogramMetric[] = [
  {
    ...histogram(
      'publish duration',
      'Time until a commit is visible, of one commit in 16',
      (status) => status.publishDurations,
    ),
    boundsSeconds: PUBLISH_BOUNDS_SECONDS,
    channel: channels.publishDuration,
  },
  {
    ...histogram(
      'compaction duration',
      'Time that a copy to a fresh segment took',
      (status) => status.compactionDurations,
    ),
    boundsSeconds: COMPACTION_BOUNDS_SECONDS,
    channel: channels.compaction,
  },
];

export const followerMetrics: readonly Metric<Status>[] = [
  gauge('follower version', '1', 'Newest version that the follower reads', ({ version }) => version),
  gauge('follower age', 's', 'Age of the newest version', ({ ageMs }) => ageMs / 1000),
  gauge('follower master up', '1', '1 while the master lives, 0 when it is gone', ({ masterAlive }) =>
    masterAlive === undefined ? undefined : Number(masterAlive),
  ),
  gauge('follower held', 'By', 'Old segments that the follower keeps mapped', ({ held }) => held.bytes),
  gauge('follower native', '1', '1 with the native addon, 0 over the fallback', ({ system }) =>
    Number(system === 'native'),
  ),
  counter(
    'follower refreshes',
    '1',
    'Times that the follower went over to a newer version',
    (status) => status.refreshes,
  ),
  counter(
    'follower conflated',
    '1',
    'Versions that the follower left out, as a newer one was there',
    (status) => status.conflated,
  ),
];

/** Returns the metrics of masters that these options ask for, histograms aside. */
export function masterMetricsOf({ findFollowers = false }: MetricsOptions): readonly Metric<MasterStatus>[] {
  return findFollowers ? [...masterMetrics, ...foundFollowerMetrics] : masterMetrics;
}

/** Returns the name for Prometheus: with the unit, and `_total` for a counter. */
export function prometheusName({ words, unit, type }: Metric<never, unknown>): string {
  const units = { By: ['bytes'], s: ['seconds'], '1': [], '{process}': [], '{version}': ['versions'] }[unit];
  return ['jsonmmap', ...words, ...units, ...(type === 'counter' ? ['total'] : [])].join('_');
}

/** Returns the name for OpenTelemetry, which has the unit beside it. */
export function openTelemetryName({ words }: Metric<never, unknown>): string {
  return ['jsonmmap', ...words].join('.');
}

function gauge<S>(name: string, unit: Metric<S>['unit'], help: string, read: Metric<S>['read']): Metric<S> {
  return { words: name.split(' '), unit, type: 'gauge', help, read };
}

function counter<S>(name: string, unit: Metric<S>['unit'], help: string, read: Metric<S>['read']): Metric<S> {
  return { words: name.split(' '), unit, type: 'counter', help, read };
}

function histogram<S>(name: string, help: string, read: (status: S) => Histogram): Metric<S, Histogram> {
  return { words: name.split(' '), unit: 's', type: 'histogram', help, read };
}
