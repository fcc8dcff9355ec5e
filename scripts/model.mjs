// Checks the models of spec/models/ with spin: no run of a right one violates an invariant and the search comes to every place it has to;
// each broken one is found out, by the invariant it was made to violate.
//   npm run model [-- word …] [--trail]: only the rows that have one of these words; --trail prints the run that violates an invariant.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, styleText } from 'node:util';
import { checks } from '../spec/models/variants.mjs';

const models = join(dirname(dirname(fileURLToPath(import.meta.url))), 'spec', 'models');
/** Longer than any run of the models: spin cuts the search off there, and says so. */
const MAX_STEPS = 100_000;
/** A million chains of states: larger tables take longer to clear than most searches take. */
const HASH_BITS = 20;
const NOTHING = 'no violation';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { trail: { type: 'boolean', default: false } },
});
requireTools();
const words = positionals.map((word) => word.toLowerCase());
const chosen = checks.filter(({ model, what }) => isChosen(`${model} ${what}`.toLowerCase()));
const widths = { model: widest('model'), what: widest('what') };
/** CopyCache of each model that none of its right rows has come to, so far. */
const missed = new Map();
const failures = chosen.filter((check) => !passes(check)).length + countMissed();
console.log(
  chosen.length === 0 ? 'no row has one of these words' : `${chosen.length} checked, ${failures} not as expected`,
);
process.exitCode = failures > 0 || chosen.length === 0 ? 1 : 0;

function requireTools() {
  const lacking = ['spin', 'gcc'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (lacking.length === 0) return;
  console.error(`model: not installed: ${lacking.join(', ')}; on Debian: apt-get install spin gcc libc6-dev`);
  process.exit(1);
}

function isChosen(title) {
  return words.length === 0 || words.some((word) => title.includes(word));
}

function widest(key) {
  return Math.max(0, ...chosen.map((check) => check[key].length));
}

/** Checks one row, prints it, and returns whether it came out as expected. */
function passes({ model, what, define = [], breaks }) {
  const { states, violated, unreached, trail } = search(model, define, breaks === undefined);
  const isExpected = breaks === undefined ? violated === undefined : invariantsOf(violated).includes(breaks);
  const title = `${model.padEnd(widths.model)}  ${what.padEnd(widths.what)}  ${states.toLocaleString('en').padStart(10)}`;
  const expected = breaks === undefined ? NOTHING : `violates ${breaks}`;
  const found = styleText(isExpected ? 'green' : 'red', violated ?? NOTHING);
  console.log(`${title}  ${expected.padEnd(NOTHING.length)}  ${found}`);
  if (trail !== undefined && (options.trail || !isExpected)) console.error(trail);
  if (breaks === undefined && violated === undefined) keepMissed(model, unreached);
  return isExpected;
}

function keepMissed(model, unreached) {
  const before = missed.get(model) ?? unreached;
  const both = before.filter((place) => unreached.includes(place));
  missed.set(model, both);
}

/** Searches in a directory of its own. */
function search(model, define, isRight) {
  const directory = mkdtempSync(join(tmpdir(), 'jsonmmap-model-'));
  try {
    cpSync(models, directory, { recursive: true });
    return searchIn(directory, `${model}.pml`, define, isRight);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Exhaustive, up to the first violation; a search that is to end early is not worth a slow compilation. */
function searchIn(directory, file, define, isLong) {
  run(directory, 'spin', '-a', ...define.map((name) => `-D${name}`), file);
  run(directory, 'gcc', isLong ? '-O1' : '-O0', '-w', '-DSAFETY', '-DNOFAIR', '-o', 'pan', 'pan.c');
  const report = run(directory, './pan', `-m${MAX_STEPS}`, `-w${HASH_BITS}`);
  const states = Number(/(\d+) states, stored/.exec(report)?.[1]);
  const errors = Number(/errors: (\d+)/.exec(report)?.[1]);
  if (!Number.isInteger(states + errors) || /max search depth too small|out of memory/.test(report))
    throw new Error(report);
  if (errors === 0) return { states, unreached: unreachedIn(report, readFileSync(join(directory, file), 'utf8')) };
  const trail = run(directory, './pan', '-r');
  return { states, violated: /I\d[^\n]*?(?=pan:|\n)/.exec(trail)?.[0] ?? 'a run that gets stuck', trail };
}

/** The places that the model says have to be reached, and that no run came to. */
function unreachedIn(report, source) {
  const unreached = report.slice(report.indexOf('unreached in'));
  const places = [...source.matchAll(/reached\("reached: ([^"\\]*)/g)].map(([, place]) => place);
  return places.filter((place) => unreached.includes(place));
}

/** Prints what no right row of a model came to, and returns how much that is; nothing is known of a model whose rows were not all chosen. */
function countMissed() {
  const isComplete = (model) =>
    checks.every((check) => check.model !== model || check.breaks || chosen.includes(check));
  const places = [...missed]
    .filter(([model]) => isComplete(model))
    .flatMap(([model, all]) => all.map((place) => [model, place]));
  for (const [model, place] of places) console.log(styleText('red', `${model}: no run comes to "${place}"`));
  return places.length;
}

/** `I1, I4: a node is …` tells of I1 and I4. */
function invariantsOf(violated = '') {
  return violated.split(':')[0].split(', ');
}

/** Returns what the command printed; pan ends with a code other than 0 when it found something, and says so. */
function run(cwd, command, ...args) {
  const { stdout, stderr, status, signal, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw error;
  if (signal !== null || (status !== 0 && command !== './pan')) {
    throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? status}\n${stdout}${stderr}`);
  }
  return stdout;
}
