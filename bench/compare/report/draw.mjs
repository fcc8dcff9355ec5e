// Draws a plot as SVG text that stands alone, without a browser.
import * as Plot from '@observablehq/plot';
import { JSDOM } from 'jsdom';
import { withUnit } from '../../report.mjs';
import { peers } from '../peers/index.mjs';
import { colorOf, looks, stylesheet } from './theme.mjs';

const SVG = 'http://www.w3.org/2000/svg';
const LABEL_HEIGHT = 17;
const BYTES = [2 ** 10, 2 ** 20, 2 ** 30];
const NANOSECONDS = Array.from({ length: 12 }, (_, i) => 10 ** i);
const { document } = new JSDOM('').window;
const frame = { document, marginTop: 64, style: { fontFamily: 'system-ui, sans-serif', fontSize: '13px' } };

/** Lines over a logarithmic field, each with its peer's name at the end. */
export function drawLines({ title, subtitle, describe, unit, x, points }) {
  const size = { width: 760, height: 440, marginLeft: 68, marginRight: 128, marginBottom: 48 };
  const y = logScale(points, size, unit);
  const last = Math.max(...points.map((point) => point.x));
  const ends = spread(
    points.filter((point) => point.x === last),
    y,
  );
  const plot = Plot.plot({
    ...frame,
    ...size,
    x: { type: 'log', label: null },
    y: { type: 'log', domain: y.domain, label: null },
    symbol: { domain: Object.keys(looks), range: Object.values(looks).map(({ symbol }) => symbol) },
    marks: [
      Plot.gridY(y.ticks, { stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY(y.ticks, { text: (value) => withUnit(value, unit), tickSize: 0 }),
      Plot.axisX(x.ticks, {
        text: x.unit === 'count' ? (count) => `${count}` : decimalBytes,
        label: x.label,
        labelArrow: 'none',
        labelAnchor: 'center',
        labelOffset: 40,
        tickSize: 4,
      }),
      Plot.line(inOrder(points), {
        x: 'x',
        y: 'y',
        z: 'peer',
        stroke: ({ peer }) => colorOf(peer),
        strokeWidth: widthOf,
      }),
      Plot.dot(inOrder(points), {
        x: 'x',
        y: 'y',
        symbol: 'peer',
        fill: ({ peer }) => colorOf(peer),
        r: ({ peer }) => (peer === 'jsonmmap' ? 5.5 : 4.5),
      }),
      ...ends.map(({ peer, value }) =>
        Plot.text([{ x: last, y: value }], {
          x: 'x',
          y: 'y',
          text: () => peers[peer].title,
          fill: colorOf(peer),
          fontWeight: weightOf({ peer }),
          textAnchor: 'start',
          dx: 12,
        }),
      ),
    ],
  });
  return finish(plot, { title, subtitle: `${subtitle}; both axes logarithmic, less is better`, describe });
}

/** A line of symbols for each peer in each panel, with the value beside it. */
export function drawReads({ title, subtitle, describe, points, limits }) {
  const size = { width: 860, height: 356, marginLeft: 112, marginRight: 30, marginBottom: 40 };
  const panels = [...new Set(points.map(({ panel }) => panel))];
  const values = [...points, ...limits].map(({ y }) => y);
  const domain = [Math.min(...values) / 2, Math.max(...values) * 60];
  const plot = Plot.plot({
    ...frame,
    ...size,
    marginTop: 88,
    x: { type: 'log', domain, label: null },
    y: { domain: Object.keys(peers), label: null },
    fx: { domain: panels, label: null, padding: 0.04 },
    symbol: { domain: Object.keys(looks), range: Object.values(looks).map(({ symbol }) => symbol) },
    marks: [
      Plot.axisFx({ anchor: 'top', fontWeight: 600, dy: -2 }),
      Plot.gridX([1, 1e3, 1e6], { stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisX(
        [1, 1e3, 1e6].filter((tick) => tick <= domain[1]),
        { text: (value) => withUnit(value, 'ns'), tickSize: 4 },
      ),
      Plot.axisY({ tickFormat: (peer) => peers[peer].title, tickSize: 0 }),
      Plot.ruleX(limits, { x: 'y', fx: 'panel', stroke: 'var(--faint)', strokeDasharray: '3 3' }),
      Plot.link(points, {
        x1: domain[0],
        x2: 'y',
        y1: 'peer',
        y2: 'peer',
        fx: 'panel',
        stroke: ({ peer }) => colorOf(peer),
        strokeWidth: widthOf,
      }),
      Plot.dot(points, { x: 'y', y: 'peer', fx: 'panel', symbol: 'peer', fill: ({ peer }) => colorOf(peer), r: 5 }),
      Plot.text(points, {
        x: 'y',
        y: 'peer',
        fx: 'panel',
        text: ({ y }) => withUnit(y, 'ns'),
        fill: 'var(--ink)',
        fontWeight: weightOf,
        textAnchor: 'start',
        dx: 9,
        stroke: 'var(--paper)',
        strokeWidth: 4,
      }),
    ],
  });
  const limit = limits.length > 0 ? '; dashed: a bare load of memory, in C' : '';
  return finish(plot, { title, subtitle: `${subtitle}; logarithmic, less is better${limit}`, describe });
}

/** Ours is drawn last, over the others. */
const inOrder = (points) => points.toSorted((a, b) => Number(a.peer === 'jsonmmap') - Number(b.peer === 'jsonmmap'));
const widthOf = ({ peer }) => (peer === 'jsonmmap' ? 3.5 : 1.75);
const weightOf = ({ peer }) => (peer === 'jsonmmap' ? 700 : 400);

function decimalBytes(value) {
  const [name, size] = [
    ['MB', 1e6],
    ['KB', 1e3],
  ].find(([, least]) => value >= least);
  return `${value / size} ${name}`;
}

/** The domain of a vertical axis, its ticks, and values to pixels and back. */
function logScale(points, { height, marginBottom }, unit) {
  const values = points.map(({ y }) => y);
  const domain = [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
  const between = domain[1] / domain[0] < 200 ? [1, 2, 5] : [1];
  const wholes = unit === 'bytes' ? BYTES.flatMap((size) => [size, 10 * size, 100 * size]) : NANOSECONDS;
  const steps = wholes.flatMap((whole) => between.map((part) => part * whole));
  const scale = Plot.scale({ y: { type: 'log', domain, range: [height - marginBottom, frame.marginTop] } });
  return { domain, ticks: steps.filter((step) => step >= domain[0] && step <= domain[1]), ...scale };
}

/** Where the names at the ends of the lines stand, so that none covers another: values that give free pixels. */
function spread(ends, scale) {
  const labels = ends.map(({ peer, y }) => ({ peer, pixel: scale.apply(y) })).sort((a, b) => a.pixel - b.pixel);
  const [bottom, top] = scale.range;
  for (let i = 1; i < labels.length; i++)
    labels[i].pixel = Math.max(labels[i].pixel, labels[i - 1].pixel + LABEL_HEIGHT);
  for (let i = labels.length - 1, below = bottom - 8 + LABEL_HEIGHT; i >= 0; below = labels[i--].pixel) {
    labels[i].pixel = Math.max(top, Math.min(labels[i].pixel, below - LABEL_HEIGHT));
  }
  return labels.map(({ peer, pixel }) => ({ peer, value: scale.invert(pixel) }));
}

/** Heading, colours and words for screen readers, and numbers no longer than eyes can see. */
function finish(svg, { title, subtitle, describe }) {
  const [width, height] = ['width', 'height'].map((name) => svg.getAttribute(name));
  const element = (name, attributes, text = '') => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };
  svg.querySelector('style').remove(); // for pages that embed it
  svg.prepend(
    element('title', { id: 'title' }, title),
    element('desc', { id: 'desc' }, `${subtitle}. ${describe}`),
    element('style', {}, stylesheet()),
    element('rect', { width, height, fill: 'var(--paper)', rx: 6 }),
    element('text', { x: 16, y: 26, 'text-anchor': 'start', 'font-size': 17, 'font-weight': 700 }, title),
    element('text', { x: 16, y: 46, 'text-anchor': 'start', fill: 'var(--faint)' }, subtitle),
  );
  svg.setAttribute('xmlns', SVG);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', 'title desc');
  return `${svg.outerHTML.replace(/\d+\.\d{3,}/g, (number) => String(Math.round(number * 100) / 100))}\n`;
}
