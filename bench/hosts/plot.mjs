// A plot of how many hosts are back when, as SVG.

const WIDTH = 720;
const HEIGHT = 400;
const MARGIN = { left: 56, right: 16, top: 40, bottom: 48 };
const COLOURS = ['#d1495b', '#edae49', '#00798c'];
const DASHES = ['2 3', '6 3', ''];
const STEPS = 100;

/** Returns the plot of `curves`: for each number of hosts and topology, the seconds at which hosts are back, in order. */
export function plotHerd(curves, { 'missed-entries': missed, 'cold-fraction': cold }) {
  const longest = Math.max(...curves.map(({ back }) => back.at(-1)));
  const [least, most] = [1, Math.max(100, longest)];
  const x = (seconds) =>
    MARGIN.left +
    (Math.log(Math.max(least, seconds) / least) / Math.log(most / least)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (share) => HEIGHT - MARGIN.bottom - share * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const sizes = [...new Set(curves.map(({ hosts }) => hosts))];
  const names = [...new Set(curves.map(({ topology }) => topology))];
  const lines = curves.map(({ hosts, topology, back }) => {
    const points = Array.from({ length: STEPS + 1 }, (_, i) => {
      const share = i / STEPS;
      const at = back[Math.min(back.length - 1, Math.floor(share * back.length))];
      return `${x(at).toFixed(1)},${y(share).toFixed(1)}`;
    });
    const [colour, dash] = [COLOURS[names.indexOf(topology)], DASHES[sizes.indexOf(hosts) % DASHES.length]];
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" points="${points.join(' ')}"/>`;
  });
  const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].filter((tick) => tick <= most);
  const axes = [
    ...ticks.map((tick) => text(x(tick), HEIGHT - MARGIN.bottom + 18, `${tick} s`, 'middle')),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => text(MARGIN.left - 6, y(share) + 4, `${share * 100} %`, 'end')),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => rule(MARGIN.left, y(share), WIDTH - MARGIN.right, y(share))),
  ];
  const legend = [
    ...names.map((name, i) => key(MARGIN.left + i * 150, HEIGHT - 10, COLOURS[i], '', name)),
    ...sizes.map((hosts, i) =>
      key(WIDTH - 290 + i * 95, 28, '#555', DASHES[i % DASHES.length], `${hosts.toLocaleString('en')}`),
    ),
  ];
  const title = `Hosts at the head of the log after an outage: ${missed} entries missed, ${cold * 100} % need a snapshot`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(MARGIN.left, 16, title, 'start'),
    ...axes,
    ...lines,
    ...legend,
    '</svg>\n',
  ].join('\n');
}

function text(x, y, content, anchor) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#333">${content}</text>`;
}

function rule(x1, y1, x2, y2) {
  return `<line x1="${x1}" y1="${y1.toFixed(1)}" x2="${x2}" y2="${y2.toFixed(1)}" stroke="#ddd"/>`;
}

function key(x, y, colour, dash, label) {
  const line = `<line x1="${x}" y1="${y - 4}" x2="${x + 24}" y2="${y - 4}" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`;
  return `${line}${text(x + 30, y, label, 'start')}`;
}
