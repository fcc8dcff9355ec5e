// The table on the terminal.
import { styleText } from 'node:util';

const COLUMNS = [
  { title: '', width: 58 },
  { title: 'measured', width: 10, right: true },
  { title: 'beside', width: 34 },
  { title: '', width: 10, right: true },
  { title: 'ratio', width: 15, right: true },
  { title: 'target', width: 25 },
  { title: 'holds', width: 5 },
];

export function printHeading({ machine, quick }) {
  const { processor, cores, memoryBytes, kernel, node, v8 } = machine;
  const gibibytes = Math.round(memoryBytes / 2 ** 30);
  console.log(`${processor}, ${cores} cores, ${gibibytes} GiB, ${kernel}, Node ${node.slice(1)} (V8 ${v8})`);
  console.log(`medians of repetitions in turns, side by side${quick ? '; quick: fewer of them' : ''}\n`);
  console.log(line(COLUMNS.map(({ title }) => title)));
}

export function printRows({ id, what, rows, seconds, error }) {
  console.log(`\n${styleText('bold', `${id}  ${what}`)}  (${seconds.toFixed(0)} s)`);
  if (error !== undefined) console.log(styleText('red', `could not be measured: ${error}`));
  for (const row of rows) console.log(line(cells(row)));
}

export function printSummary({ trials }) {
  const judged = trials.flatMap(({ rows }) => rows).filter(({ holds }) => holds !== undefined);
  const met = judged.filter(({ holds }) => holds).length;
  console.log(`\n${met} of ${judged.length} rows with a target meet it`);
}

function cells({ what, unit, measured, baseline, ratio, target, holds }) {
  return [
    what,
    withUnit(measured, unit),
    baseline?.name ?? '',
    baseline === undefined ? '' : withUnit(baseline.value, unit),
    ratio === undefined ? '' : ratioText(ratio),
    target,
    holds === undefined ? '' : holds ? 'yes' : styleText('red', 'no'),
  ];
}

function line(texts) {
  return texts
    .map((text, i) => (COLUMNS[i].right ? text.padStart(COLUMNS[i].width) : text.padEnd(COLUMNS[i].width)))
    .join('  ')
    .trimEnd();
}

/** Below a tenth, how many times less is easier to read than how much. */
export function ratioText(ratio) {
  return ratio < 0.1 ? `1/${significant(1 / ratio)}` : `${significant(ratio)}×`;
}

export function withUnit(value, unit) {
  if (unit === 'times') return `${significant(value)}×`;
  if (unit === 'count') return String(value);
  const steps = unit === 'ns' ? TIMES : BYTES;
  const [name, size] = steps.findLast(([, least]) => Math.abs(value) >= least) ?? steps[0];
  return `${significant(value / size)} ${name}`;
}

const TIMES = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
];
const BYTES = [
  ['B', 1],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
];

/** Three significant digits, and no exponent. */
function significant(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
