/** Metrics as instruments of OpenTelemetry, on a meter that the program brings. */
import { statusIfOpen } from './families.js';
import { type MetricsOptions, present } from './sources.js';
import { followerMetrics, type Metric, masterMetrics, openTelemetryName } from './table.js';

interface ObservableResult {
  observe(instrument: unknown, value: number, attributes: { 'jsonmmap.region': string }): void;
}

type BatchCallback = (result: ObservableResult) => void;

interface InstrumentOptions {
  readonly description: string;
  readonly unit: string;
}

/** What is used of the `Meter` of `@opentelemetry/api`. */
export interface OpenTelemetryMeter {
  createObservableGauge(name: string, options: InstrumentOptions): unknown;
  createObservableCounter(name: string, options: InstrumentOptions): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the types of instruments are those of the API, which need not be installed
  addBatchObservableCallback(callback: any, instruments: any[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  removeBatchObservableCallback(callback: any, instruments: any[]): void;
}

/**
 * Creates observable instruments on `meter` for masters and followers. They are read when a reader collects, each source once, and cost nothing between.
 * @returns a function that ends the observation
 *
 * @example
 * observeOpenTelemetry(metrics.getMeter('app'), { masters: [master] });
 */
export function observeOpenTelemetry(meter: OpenTelemetryMeter, options: MetricsOptions): () => void {
  const { masters = [], followers = [] } = options;
  const ofMasters = masterMetrics.map((metric) => instrumentOf(meter, metric));
  const ofFollowers = followerMetrics.map((metric) => instrumentOf(meter, metric));
  const instruments = [...ofMasters, ...ofFollowers];
  const callback: BatchCallback = (result) => {
    for (const read of present(masters).flatMap((master) => statusIfOpen(master)))
      observe(result, masterMetrics, ofMasters, read);
    for (const read of present(followers).flatMap((follower) => statusIfOpen(follower)))
      observe(result, followerMetrics, ofFollowers, read);
  };
  meter.addBatchObservableCallback(callback, instruments);
  return () => meter.removeBatchObservableCallback(callback, instruments);
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
