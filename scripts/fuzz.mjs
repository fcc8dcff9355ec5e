// Damages trees and whole regions at random and reads and writes them in every way, in processes that may hang or die over it: a case that takes
// longer than 30 seconds, or too much memory, is ended and told of like any other finding.
//   npm run fuzz [-- --cases 1000000] [--seed S] [--jobs 1] [--regions 40]
// A seed is one case: `--seed S --cases 1` tries that one again.  --regions: each so-manieth case is one of files, the others are of trees in memory.
// Exit code 1 where anything was found.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const LOOK_EVERY_MS = 1000;
const CASE_LIMIT_MS = 30_000;
const MEMORY_LIMIT_KB = 3 * 1024 * 1024;
const TELL_EVERY_MS = 60_000;

const cases = numbersAsked();
compile();
const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'jsonmmap-fuzz-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
const started = performance.now();
const findings = [];
const done = new Map();
const telling = setInterval(tell, TELL_EVERY_MS).unref();
await Promise.all(shares().map((share, job) => tryAll(job, share)));
clearInterval(telling);
tell();
process.exitCode = findings.length > 0 ? 1 : 0;

function numbersAsked() {
  const text = (value) => ({ type: 'string', default: String(value) });
  const random = Math.floor(Math.random() * 2 ** 31);
  const options = { cases: text(1_000_000), seed: text(random), jobs: text(1), regions: text(40) };
  const { values } = parseArgs({ options });
  const numbers = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  const wrong = Object.keys(numbers).find((name) => !Number.isSafeInteger(numbers[name]) || numbers[name] < 0);
  if (wrong === undefined && numbers.jobs > 0 && numbers.regions > 0) return numbers;
  console.error(`fuzz: --${wrong ?? 'jobs and --regions'} must be a whole number`);
  process.exit(2);
}

/** The cases as they are in test/fuzz/, and the library beside them, as plain JavaScript. */
function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'test', 'fuzz')], { stdio: 'inherit' });
  if (status !== 0) process.exit(2);
  // Plain JavaScript is what the compiler leaves out.
  cpSync(join(root, 'test', 'programs'), join(root, 'build', 'fuzz', 'test', 'programs'), { recursive: true });
}

/** Ranges of seeds, one for each job. */
function shares() {
  const size = Math.ceil(cases.cases / cases.jobs);
  const end = cases.seed + cases.cases;
  return Array.from({ length: cases.jobs }, (_, job) => cases.seed + job * size)
    .filter((first) => first < end)
    .map((first) => ({ first, end: Math.min(first + size, end) }));
}

/** A case that ends its process is one finding, and the next process goes on behind it. */
async function tryAll(job, { first, end }) {
  done.set(job, 0);
  for (let next = first; next < end; ) {
    const { reached, ending } = await tryFrom(job, next, end, first);
    if (ending !== undefined) find({ seed: reached, stack: ending });
    next = ending === undefined ? end : reached + 1;
  }
}

function tryFrom(job, next, end, first) {
  const progress = join(scratch, `progress-${job}`);
  const worker = join(root, 'build', 'fuzz', 'test', 'fuzz', 'worker.js');
  const args = ['--max-old-space-size=1024', worker, next, end - next, cases.regions, progress].map(String);
  const env = { ...process.env, FUZZ_DIR: scratch };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', (line) => find(JSON.parse(line)));
  let reached = next;
  let movedAt = performance.now();
  let excess;
  const watch = setInterval(() => {
    const seed = seedIn(progress, reached);
    if (seed !== reached) movedAt = performance.now();
    reached = seed;
    done.set(job, reached - first);
    if (performance.now() - movedAt > CASE_LIMIT_MS) excess = `takes longer than ${CASE_LIMIT_MS / 1000} s`;
    if (residentKb(child.pid) > MEMORY_LIMIT_KB) excess = `takes more than ${MEMORY_LIMIT_KB / 1024} MB`;
    if (excess !== undefined) child.kill('SIGKILL');
  }, LOOK_EVERY_MS);
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearInterval(watch);
      reached = seedIn(progress, reached);
      done.set(job, reached - first);
      const died = code === 0 ? undefined : `ends the process: ${signal ?? `exit code ${code}`}`;
      resolve({ reached, ending: excess ?? died });
    });
  });
}

function seedIn(progress, otherwise) {
  if (!existsSync(progress)) return otherwise;
  const bytes = readFileSync(progress);
  return bytes.length === 8 ? bytes.readDoubleLE() : otherwise;
}

function residentKb(pid) {
  const path = `/proc/${pid}/status`;
  return existsSync(path) ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(path, 'latin1'))?.[1] ?? 0) : 0;
}

function find(finding) {
  findings.push(finding);
  console.log(`fuzz: seed ${finding.seed}: ${finding.stack}`);
}

function tell() {
  const tried = [...done.values()].reduce((sum, count) => sum + count, 0);
  const seconds = (performance.now() - started) / 1000;
  const range = `of ${cases.cases} from seed ${cases.seed} on, one in ${cases.regions} of files`;
  console.log(`fuzz: ${tried} cases ${range}, ${Math.round(tried / seconds)}/s, ${findings.length} findings`);
}
