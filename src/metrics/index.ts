/** `jsonmmap/metrics`: what masters and followers measure, for Prometheus and OpenTelemetry. Loads neither: the program brings a registry or a meter. */
export { type OpenTelemetryMeter, observeOpenTelemetry } from './open-telemetry.js';
export { type PromRegistry, registerPromClient } from './prom-client.js';
export type { MetricsOptions, Source } from './sources.js';
export { PROMETHEUS_CONTENT_TYPE, prometheusText } from './text.js';
