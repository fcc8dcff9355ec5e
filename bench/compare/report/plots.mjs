// The plots: which values each shows, and its words.
import { peers } from '../peers/index.mjs';
import { valueIn } from './measures.mjs';

const SERIES = ['users-10k', 'users-100k', 'users-1m', 'users-10m', 'users-100m'];
const ids = Object.keys(peers);

/** Less than this cannot be told from nothing in the memory of a process. */
const LEAST_BYTES = 2 ** 16;

/** Makes the list of plots; one has no points where nothing of it was measured. */
export function plots(results) {
  return [
    reads(results),
    bySize(results, 'setNs', 'update-by-size.svg', 'One-key update', 'time until it stands'),
    bySize(results, 'writeNs', 'rewrite-by-size.svg', 'Whole-document update', 'time until it stands'),
    bySize(results, 'visibleNs', 'visible-by-size.svg', 'Publish to visible, one follower', 'p50, one key changed'),
    byFollowers(
      results,
      'visibleNs',
      'flags',
      'visible-by-followers.svg',
      'Publish to visible, flags of 4 KB',
      'p50, one key changed',
    ),
    bySize(
      results,
      'privateBytes',
      'memory-by-size.svg',
      'Private memory of a follower',
      'over a process that does nothing',
    ),
    byFollowers(
      results,
      'proportionalBytes',
      'users-10m',
      'memory-by-followers.svg',
      'Memory of all followers, 10 MB',
      'what they share counts once',
    ),
    bySize(results, 'openNs', 'open-by-size.svg', 'Open and read one value', 'in a fresh process'),
    bySize(
      results,
      'stallSetNs',
      'stall-by-size.svg',
      'Longest stall of a follower',
      'its event loop, one key changed',
    ),
  ];
}

function bySize(results, metric, file, title, subtitle) {
  const points = SERIES.flatMap((name) =>
    pointsAt(results, { kind: 'alone', name, followers: 1, metric }, results.sizes[name]),
  );
  const smallest = Math.min(...points.map((point) => point.x));
  const ticks = [1e4, 1e5, 1e6, 1e7, 1e8].filter((tick) => tick > smallest / 2);
  const x = { label: 'size of the document', unit: 'decimal bytes', ticks };
  return {
    kind: 'lines',
    file,
    title,
    subtitle,
    unit: unitOf(metric),
    x,
    points,
    describe: inWords(points, 'the largest document'),
  };
}

function byFollowers(results, metric, name, file, title, subtitle) {
  const measured = results.trials.filter((trial) => trial.kind === 'together' && trial.name === name);
  const ticks = [...new Set(measured.map(({ followers }) => followers))];
  const crowds = ticks.map((followers) => ({ kind: 'together', name, followers, metric }));
  const single = { kind: 'alone', name, followers: 1, metric };
  const points = (ticks.includes(1) ? crowds : [single, ...crowds]).flatMap((row) =>
    pointsAt(results, row, row.followers),
  );
  const x = { label: 'followers', unit: 'count', ticks: [...new Set(points.map((point) => point.x))] };
  return {
    kind: 'lines',
    file,
    title,
    subtitle,
    unit: unitOf(metric),
    x,
    points,
    describe: inWords(points, 'the most followers'),
  };
}

function reads(results) {
  const panels = [
    ['hot read, flags 4 KB', { name: 'flags', metric: 'hotNs' }],
    ['hot read, users 100 MB', { name: 'users-100m', metric: 'hotNs' }],
    ['random read, users 100 MB', { name: 'users-100m', metric: 'randomNs' }],
  ];
  const points = panels.flatMap(([panel, row]) =>
    pointsAt(results, { kind: 'alone', followers: 1, ...row }, panel).map((point) => ({ ...point, panel })),
  );
  const limits = results.limits && [
    { panel: panels[0][0], y: results.limits.hotNs },
    { panel: panels[1][0], y: results.limits.hotNs },
    { panel: panels[2][0], y: results.limits.randomNs },
  ];
  const last = points.filter(({ panel }) => panel === panels[2][0]);
  const describe = inWords(last, panels[2][0]);
  return {
    kind: 'reads',
    file: 'reads.svg',
    title: 'Reading one value',
    subtitle: 'time of a read',
    points,
    limits: limits ?? [],
    describe,
  };
}

function pointsAt(results, row, x) {
  return ids
    .map((peer) => ({ peer, x, y: valueIn(results, row, peer) }))
    .filter(({ y }) => y !== undefined)
    .map((point) => ({ ...point, y: unitOf(row.metric) === 'bytes' ? Math.max(point.y, LEAST_BYTES) : point.y }));
}

const unitOf = (metric) => (metric.endsWith('Bytes') ? 'bytes' : 'ns');

/** The order of the peers where the lines end, for who cannot see them. */
function inWords(points, where) {
  const end = points.at(-1)?.x;
  const order = points.filter(({ x }) => x === end).sort((a, b) => a.y - b.y);
  return `From least to most at ${where}: ${order.map(({ peer }) => peers[peer].title).join(', ')}.`;
}
