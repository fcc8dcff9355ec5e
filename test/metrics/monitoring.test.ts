/** The files for Prometheus and Grafana in `examples/monitoring/`. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  followerMetrics,
  foundFollowerMetrics,
  masterHistograms,
  masterMetrics,
  prometheusName,
} from '../../src/metrics/table.js';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'examples', 'monitoring');
const names = [...masterMetrics, ...foundFollowerMetrics, ...masterHistograms, ...followerMetrics].map((metric) =>
  prometheusName(metric),
);

it.each(['alerts.yml', 'alerts.test.yml', 'grafana.json'])('%s names only metrics that there are', (file) => {
  const named = readFileSync(join(FOLDER, file), 'utf8').match(/\bjsonmmap_[a-z_]+(?=[{ )[])/g) ?? [];
  expect(named.length).toBeGreaterThan(1);
  const known = new Set([...names, ...names.map((name) => `${name}_bucket`)]);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

it('docs/METRICS.md lists every metric, and no other', () => {
  const page = readFileSync(join(ROOT, 'docs', 'METRICS.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `(jsonmmap_\w+)` \|/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...names].sort());
});

const lacksPromtool = spawnSync('promtool', ['--version']).status !== 0;
it.skipIf(lacksPromtool).each([
  ['check', 'config', 'prometheus.yml'],
  ['check', 'rules', 'alerts.yml'],
  ['test', 'rules', 'alerts.test.yml'],
])('promtool %s %s passes %s (needs promtool)', (...words) => {
  const { status, stdout, stderr } = spawnSync('promtool', words, { cwd: FOLDER, encoding: 'utf8' });
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
});
