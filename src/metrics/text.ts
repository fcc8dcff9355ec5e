/** The text that Prometheus scrapes: exposition format 0.0.4. */
import { readFamilies } from './families.js';
import type { MetricsOptions } from './sources.js';

/** The content type of that text. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Returns the metrics of masters and followers as text, for a server without a client of Prometheus. Some microseconds for each of them. */
export function prometheusText(options: MetricsOptions): string {
  const lines = readFamilies(options).flatMap(({ name, help, type, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ name, labels, value }) => `${name}{${labelsOf(labels)}} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`)
    .join(',');
}
