// Measures jsonmmap beside its peers; README.md tells how.
//   npm start -- [alone] [together] [limits] [--quick] [--json] [--note TEXT] [--from FILE] [--out DIRECTORY] [--page NAME]
// --quick: under six minutes instead of 25.  --json: the results on stdout, no file is written.  --from: draws what --json has printed.
// --page: the name of the page, `compare` unless it is given; a page with another name has tables and no plots.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../measure.mjs';
import { bareProcesses } from './bare.mjs';
import { prepareDocuments } from './documents.mjs';
import { describeMachine } from './machine.mjs';
import { kinds, makePlan } from './plan.mjs';
import { writeReport } from './report/index.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    note: { type: 'string', default: '' },
    from: { type: 'string' },
    page: { type: 'string', default: 'compare' },
    out: { type: 'string', default: fileURLToPath(new URL('../../docs/performance', import.meta.url)) },
  },
});
const unknown = positionals.filter((kind) => !Object.hasOwn(kinds, kind));
if (unknown.length > 0) {
  console.error(`compare: there are no rows ${unknown.join(', ')}: use ${Object.keys(kinds).join(' ')}`);
  process.exit(2);
}
const results = options.from === undefined ? await measure() : JSON.parse(readFileSync(options.from, 'utf8'));
if (options.json) console.log(JSON.stringify(results));
else for (const file of writeReport(results, options.out, options.page)) console.log(file);

async function measure() {
  const chosen = positionals.length === 0 ? Object.keys(kinds) : positionals;
  const root = mkdtempSync('/dev/shm/jsonmmap-compare-');
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const started = Date.now();
  const machine = describeMachine();
  const texts = join(root, 'texts');
  mkdirSync(texts);
  const sizes = prepareDocuments(texts);
  const bare = await bareProcesses();
  const limits = chosen.includes('limits') ? await inProcess('limits.mjs', [root, texts, 'users-100m']) : undefined;
  const trials = await rounds(makePlan(options.quick, chosen), root, texts, started);
  return {
    machine,
    command: shownCommand(),
    date: new Date(started).toISOString().slice(0, 10),
    minutes: (Date.now() - started) / 60_000,
    note: options.note,
    sizes,
    bare,
    limits: limits?.results,
    limitsError: limits?.error,
    trials,
  };
}

/** As it was given, less where the results go. */
function shownCommand() {
  const args = [...positionals, ...(options.quick ? ['--quick'] : [])];
  return ['npm run compare', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
}

/** One round of everything, then as many more as there is time for. SIGINT ends it early, and keeps what there is. */
async function rounds({ minutes, budgetMs, round }, root, texts, started) {
  const states = round.map((shape) => ({ shape, samples: [], longestMs: 0, error: undefined }));
  const until = started + minutes * 60_000;
  let stopped = false;
  process.once('SIGINT', () => {
    stopped = true;
    process.once('SIGINT', () => process.exit(130));
  });
  for (let again = true; again && !stopped; ) {
    again = false;
    for (const state of states) {
      const first = state.samples.length === 0;
      if (state.error !== undefined || (!first && Date.now() + state.longestMs > until)) continue;
      const begun = Date.now();
      const { results, error } = await trial({ ...state.shape, budgetMs }, root, texts);
      state.longestMs = Math.max(state.longestMs, Date.now() - begun);
      if (stopped) break; // what was interrupted says nothing
      state.error = error;
      if (results !== undefined) state.samples.push(results);
      again = true;
      progress(state, Date.now() - begun);
    }
  }
  return states.map(({ shape, samples, error }) => ({
    ...shape,
    repetitions: samples.length,
    error,
    values: mediansOf(samples),
  }));
}

/** A metric that a peer does not have is left out. */
function mediansOf(samples) {
  const metrics = Object.keys(samples[0] ?? {}).filter((metric) => typeof samples[0][metric] === 'number');
  return Object.fromEntries(metrics.map((metric) => [metric, median(samples.map((sample) => sample[metric]))]));
}

async function trial(request, root, texts) {
  const directory = mkdtempSync(join(root, 'trial-'));
  try {
    return await inProcess('trial.mjs', [JSON.stringify({ ...request, directory, texts })]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs a program of this directory; its message, or why there is none. */
async function inProcess(program, args) {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const answer = once(child, 'message');
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const [code, signal] = await once(child, 'exit');
  if (code === 0) return (await answer)[0];
  const reason = /^\w*Error.*: .*$/m.exec(complaint)?.[0] ?? complaint.trim().split('\n').at(-1);
  return { error: reason || `ended with ${signal ?? `code ${code}`}` };
}

function progress({ shape, samples, error }, ms) {
  const { kind, name, followers, peer } = shape;
  const what = `${kind} ${name} ${followers} ${peer}, ${samples.length}`;
  console.error(`${what}: ${error ?? `${(ms / 1000).toFixed(1)} s`}`);
}
