// Measures the targets of docs/PERFORMANCE.md beside what else could do the job, each in processes of its own.
//   npm run bench [-- P3 P7] [--quick] [--json]
// --quick: under two minutes, with fewer rounds.  --json: one JSON document on stdout, nothing else.
// Missed targets are printed, and do not fail the run: exit code 1 means that a trial could not be measured.
import { parseArgs } from 'node:util';
import { fork } from './child.mjs';
import { machine } from './machine.mjs';
import { printHeading, printRows, printSummary } from './report.mjs';
import { trials } from './trials/index.mjs';
import { makeWorkspace } from './workspace.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const chosen = chooseTrials(positionals.map((id) => id.toUpperCase()));
const report = { machine: machine(), quick: options.quick, trials: [] };
if (!options.json) printHeading(report);

const workspace = await makeWorkspace();
process.once('SIGINT', () => process.exit(130));
process.once('exit', () => workspace.remove());
for (const id of chosen) {
  const result = await runTrial(id);
  report.trials.push(result);
  if (!options.json) printRows(result);
}
if (options.json) console.log(JSON.stringify(report, undefined, 2));
else printSummary(report);
process.exitCode = report.trials.some(({ error }) => error !== undefined) ? 1 : 0;

/** The ids asked for, all of them for none. */
function chooseTrials(ids) {
  const known = Object.keys(trials);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    console.error(`bench: there is no trial ${unknown.join(', ')}: use ${known.join(' ')}`);
    process.exit(2);
  }
  return ids.length === 0 ? known : ids;
}

/** Runs one trial in a fresh process with a directory of its own; a trial that fails does not end the others. */
async function runTrial(id) {
  const started = performance.now();
  const directory = workspace.directoryFor(id);
  const request = { id, file: trials[id].file, quick: options.quick };
  try {
    const rows = await fork('trial.mjs', [JSON.stringify(request)], { directory, execArgv: trials[id].execArgv });
    return { id, what: trials[id].what, rows, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    return { id, what: trials[id].what, rows: [], seconds: (performance.now() - started) / 1000, error: error.message };
  } finally {
    workspace.clear(id);
  }
}
