/** What the clients of Prometheus and OpenTelemetry make of the metrics. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { MasterStatusOptions } from '../../src/master/status.js';
import { observeOpenTelemetry, prometheusText, registerPromClient } from '../../src/metrics/index.js';
import { newDirectory, openFollower, openMaster, until } from '../unit/master/kit.js';

interface Config {
  n: number | string;
}

function opened() {
  const dir = newDirectory();
  const master = openMaster<Config>(dir, { initial: { n: 0 } });
  const follower = openFollower<Config>(dir);
  for (let n = 1; n <= 3; n++) master.set('/n', n);
  follower.get('/n');
  return { master, follower };
}

/** Another process that follows the region of `master`, and reads its newest version once. */
function followerProcess({ path }: { path: string }): { child: ChildProcess; follow: Promise<unknown> } {
  const program = `
    const { Follower } = await import(process.argv[1]);
    const follower = Follower.open('region', { dir: process.argv[2] });
    console.log(follower.version, follower.get(''));
    setInterval(() => follower.version, 1000);`;
  const library = join(import.meta.dirname, '..', '..', 'dist', 'index.js');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, library, dirname(path)]);
  return { child, follow: once(child.stdout, 'data') };
}

describe('prometheusText', () => {
  it('is what prom-client makes of the same metrics, but for the order', async () => {
    const { master, follower } = opened();
    const options = { masters: [master], followers: [() => follower], findFollowers: true };
    const registry = new Registry();
    registerPromClient(registry, options);
    const age = /^jsonmmap_follower_age_seconds.*/m;
    const text = await registry.metrics();
    expect(text.replace(age, '').trim().split(/\n+/).sort()).toEqual(
      prometheusText(options).replace(age, '').trim().split(/\n+/).sort(),
    );
    expect(text).toContain('jsonmmap_publishes_total{region="region"} 4\n');
    expect(text).toContain('jsonmmap_follower_conflated_total{region="region"} 2\n');
    expect(text).toContain('jsonmmap_publish_duration_seconds_bucket{region="region",le="+Inf"} 1\n');
  });

  it.skipIf(!existsSync('/proc/self/maps'))('counts other processes that follow, where it is asked for', async () => {
    const { master } = opened();
    expect(prometheusText({ masters: [master] })).not.toContain('jsonmmap_followers');
    const options = { masters: [master], findFollowers: true };
    const { child, follow } = followerProcess(master);
    try {
      await follow;
      expect(prometheusText(options)).toContain('jsonmmap_followers{region="region"} 1\n');
      expect(prometheusText(options)).toContain('jsonmmap_followers_lag_versions{region="region"} 0\n');
      child.kill('SIGSTOP');
      for (let i = 0; master.status().compactions === 0; i++) master.set('/n', `${i}`.padEnd(20_000, '-'));
      await until(
        'it looks again',
        () => !prometheusText(options).includes('jsonmmap_followers_lag_versions{region="region"} 0\n'),
      );
      expect(prometheusText(options)).toContain('jsonmmap_followers_lag_versions{region="region"} 1\n');
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  it('looks for followers once where it is asked twice', () => {
    const looks: unknown[] = [];
    const { master } = opened();
    const counted = {
      name: master.name,
      path: master.path,
      status: (options?: MasterStatusOptions) => {
        looks.push(options?.followers);
        return master.status(options);
      },
    };
    const options = { masters: [counted], findFollowers: true };
    expect(prometheusText(options)).toBe(prometheusText(options));
    expect(looks).toEqual([process.platform === 'linux', undefined]);
  });

  it('leaves out what is closed or not there', () => {
    const { master, follower } = opened();
    follower.close();
    const text = prometheusText({ masters: [master, () => undefined], followers: [follower] });
    expect(text).not.toContain('jsonmmap_follower');
    master.close();
    expect(prometheusText({ masters: [master] }).trim()).toBe('');
  });

  const lacksPromtool = spawnSync('promtool', ['--version']).status !== 0;
  it.skipIf(lacksPromtool)('passes the linter of Prometheus (needs promtool)', () => {
    const { master, follower } = opened();
    const input = prometheusText({ masters: [master], followers: [follower], findFollowers: true });
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });
});

it('a registry of prom-client can be freed of the metrics', async () => {
  const { master } = opened();
  const registry = new Registry();
  const stop = registerPromClient(registry, { masters: [master] });
  stop();
  expect((await registry.metrics()).trim()).toBe('');
});

it('instruments of OpenTelemetry are read when a reader collects', async () => {
  const { master, follower } = opened();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const provider = new MeterProvider({ readers: [reader] });
  const stop = observeOpenTelemetry(provider.getMeter('test'), { masters: [master], followers: [follower] });
  await provider.forceFlush();
  const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  const found = new Map(metrics.map(({ descriptor, dataPoints }) => [descriptor.name, { descriptor, dataPoints }]));
  expect(found.get('jsonmmap.publishes')?.dataPoints).toMatchObject([
    { value: 4, attributes: { 'jsonmmap.region': 'region' } },
  ]);
  expect(found.get('jsonmmap.change')?.descriptor.unit).toBe('By');
  expect(found.get('jsonmmap.follower.version')?.dataPoints).toMatchObject([{ value: 4 }]);
  stop();
  master.set('/n', 9);
  exporter.reset();
  await provider.forceFlush();
  const left = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  const version = left.find(({ descriptor }) => descriptor.name === 'jsonmmap.version');
  expect(version?.dataPoints).toMatchObject([{ value: 4 }]); // the last that the reader saw
  await provider.shutdown();
});

/** A meter of the SDK, and what a reader collects from it at each look. */
function meterWithReader() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const provider = new MeterProvider({ readers: [reader] });
  const collect = async () => {
    exporter.reset();
    await provider.forceFlush();
    const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    return new Map(metrics.map((metric) => [metric.descriptor.name, metric]));
  };
  return { meter: provider.getMeter('test'), collect, shutdown: () => provider.shutdown() };
}

describe('durations in OpenTelemetry', () => {
  it('are a histogram with the buckets of the status, of the masters that are observed', async () => {
    const { meter, collect, shutdown } = meterWithReader();
    const { master } = opened();
    const other = openMaster<Config>(newDirectory(), { initial: { n: 0 } });
    const stop = observeOpenTelemetry(meter, { masters: [() => master] });
    const { publishDurations: before } = master.status();
    for (let n = 0; n < 32; n++) {
      master.set('/n', n + 10);
      other.set('/n', n + 10);
    }
    const { publishDurations: after } = master.status();
    expect(after.count - before.count).toBe(2);
    const found = (await collect()).get('jsonmmap.publish.duration');
    expect(found?.descriptor).toMatchObject({ unit: 's', advice: { explicitBucketBoundaries: after.boundsSeconds } });
    const counts = after.counts.map((count, i) => count - before.counts[i]);
    expect(found?.dataPoints).toMatchObject([
      {
        attributes: { 'jsonmmap.region': 'region' },
        value: { count: 2, buckets: { boundaries: after.boundsSeconds, counts } },
      },
    ]);
    const value = found?.dataPoints[0].value as { sum: number } | undefined;
    expect(value?.sum).toBeCloseTo(after.sumSeconds - before.sumSeconds, 12);
    stop();
    for (let n = 0; n < 32; n++) master.set('/n', n);
    expect((await collect()).get('jsonmmap.publish.duration')?.dataPoints).toMatchObject([{ value: { count: 2 } }]);
    await shutdown();
  });

  it('tell of each compaction', async () => {
    const { meter, collect, shutdown } = meterWithReader();
    const { master } = opened();
    const stop = observeOpenTelemetry(meter, { masters: [master] });
    for (let i = 0; master.status().compactions < 2; i++) master.set('/n', `${i}`.padEnd(20_000, '-'));
    const { boundsSeconds, counts } = master.status().compactionDurations;
    expect((await collect()).get('jsonmmap.compaction.duration')?.dataPoints).toMatchObject([
      { value: { count: 2, buckets: { boundaries: boundsSeconds, counts } } },
    ]);
    stop();
    await shutdown();
  });

  it('cost nothing while nobody observes', () => {
    const durations = ['jsonmmap:publish-duration', 'jsonmmap:compaction'].map((name) => channel(name));
    const { meter } = meterWithReader();
    const stop = observeOpenTelemetry(meter, { masters: [] });
    expect(durations.map(({ hasSubscribers }) => hasSubscribers)).toEqual([true, true]);
    stop();
    expect(durations.map(({ hasSubscribers }) => hasSubscribers)).toEqual([false, false]);
    observeOpenTelemetry(meter, { followers: [] })();
    expect(durations.map(({ hasSubscribers }) => hasSubscribers)).toEqual([false, false]);
  });
});

it.skipIf(!existsSync('/proc/self/maps'))('followers are observed in OpenTelemetry where it is asked for', async () => {
  const { meter, collect, shutdown } = meterWithReader();
  const { master } = opened();
  const stop = observeOpenTelemetry(meter, { masters: [master], findFollowers: true });
  const found = await collect();
  expect(found.get('jsonmmap.followers')).toMatchObject({
    descriptor: { unit: '{process}' },
    dataPoints: [{ value: 0 }],
  });
  expect(found.get('jsonmmap.followers.lag')).toMatchObject({
    descriptor: { unit: '{version}' },
    dataPoints: [{ value: 0 }],
  });
  stop();
  await shutdown();
});
