/** What the clients of Prometheus and OpenTelemetry make of the metrics. */
import { spawnSync } from 'node:child_process';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { observeOpenTelemetry, prometheusText, registerPromClient } from '../../src/metrics/index.js';
import { newDirectory, openFollower, openMaster } from '../unit/master/kit.js';

interface Config {
  n: number;
}

function opened() {
  const dir = newDirectory();
  const master = openMaster<Config>(dir, { initial: { n: 0 } });
  const follower = openFollower<Config>(dir);
  for (let n = 1; n <= 3; n++) master.set('/n', n);
  follower.get('/n');
  return { master, follower };
}

describe('prometheusText', () => {
  it('is what prom-client makes of the same metrics, but for the order', async () => {
    const { master, follower } = opened();
    const options = { masters: [master], followers: [() => follower] };
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
    const input = prometheusText({ masters: [master], followers: [follower] });
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
