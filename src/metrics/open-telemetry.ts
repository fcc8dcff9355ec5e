/** Metrics as instruments of OpenTelemetry, on a meter that the program brings. */
import { readFollowers, readMasters } from './families.js';
import { type MetricsOptions, present } from './sources.js';
import {
  followerMetrics,
  type HistogramMetric,
  type Metric,
  masterHistograms,
  masterMetricsOf,
  openTelemetryName,
} from './table.js';

interface Attributes {
  readonly 'jsonmmap.region': string;
}

interface ObservableResult {
  observe(instrument: unknown, value: number, attributes: Attributes): void;
}

type BatchCallback = (result: ObservableResult) => void;

interface InstrumentOptions {
  readonly description: string;
  readonly unit: string;
}

interface HistogramOptions extends InstrumentOptions {
  readonly advice: { explicitBucketBoundaries: number[] };
}

/** What is used of the `Meter` of `@opentelemetry/api`. */
export interface OpenTelemetryMeter {
  createObservableGauge(name: string, options: InstrumentOptions): unknown;
  createObservableCounter(name: string, options: InstrumentOptions): unknown;
  createHistogram(
    name: string,
    options: HistogramOptions,
  ): { record(value: number, attributes: { 'jsonmmap.region': string }): void };
  // biome-ignore lint/suspicious/noExplicitAny: the types of instruments are those of the API, which need not be installed
  addBatchObservableCallback(callback: any, instruments: any[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  removeBatchObservableCallback(callback: any, instruments: any[]): void;
}

/**
 * Creates instruments on `meter` for masters and followers. Observable ones are read when a reader collects, each source once. OpenTelemetry has no observable
 * histogram, so durations are recorded as they are measured, from now on: one `record` for each compaction and for one commit in 16.
 * @returns a function that ends the observation
 *
 * @example
 * observeOpenTelemetry(metrics.getMeter('app'), { masters: [master] });
 */
export function observeOpenTelemetry(meter: OpenTelemetryMeter, options: MetricsOptions): () => void {
  const metricsOfMasters = masterMetricsOf(options);
  const ofMasters = metricsOfMasters.map((metric) => instrumentOf(meter, metric));
  const ofFollowers = followerMetrics.map((metric) => instrumentOf(meter, metric));
  const instruments = [...ofMasters, ...ofFollowers];
  const callback: BatchCallback = (result) => {
    for (const read of readMasters(options)) observe(result, metricsOfMasters, ofMasters, read);
    for (const read of readFollowers(options)) observe(result, followerMetrics, ofFollowers, read);
  };
  meter.addBatchObservableCallback(callback, instruments);
  const stopRecording =
    options.masters === undefined ? [] : masterHistograms.map((metric) => record(meter, metric, options));
  return () => {
    meter.removeBatchObservableCallback(callback, instruments);
    for (const stop of stopRecording) stop();
  };
}

/** Records the durations of these masters and of no others in the process. Returns a function that ends it. */
function record(meter: OpenTelemetryMeter, metric: HistogramMetric, { masters = [] }: MetricsOptions): () => void {
  const { help: description, unit, channel, boundsSeconds } = metric;
  const advice = { explicitBucketBoundaries: [...boundsSeconds] };
  const instrument = meter.createHistogram(openTelemetryName(metric), { description, unit, advice });
  const onDuration = (message: unknown): void => {
    const { path, durationMs } = message as { path: string; durationMs: number };
    const master = present(masters).find((master) => master.path === path);
    if (master !== undefined) instrument.record(durationMs / 1000, { 'jsonmmap.region': master.name });
  };
  channel.subscribe(onDuration);
  return () => void channel.unsubscribe(onDuration);
}

function instrumentOf(meter: OpenTelemetryMeter, metric: Metric<never>): unknown {
  const name = openTelemetryName(metric);
  const options = { description: metric.help, unit: metric.unit };
  return metric.type === 'counter'
    ? meter.createObservableCounter(name, options)
    : meter.createObservableGauge(name, options);
}

function observe<S>(
  result: ObservableResult,
  metrics: readonly Metric<S>[],
  instruments: readonly unknown[],
  { region, status }: { region: string; status: S },
): void {
  metrics.forEach((metric, i) => {
    const value = metric.read(status);
    if (value !== undefined) result.observe(instruments[i], value, { 'jsonmmap.region': region });
  });
}
