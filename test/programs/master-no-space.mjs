// A master in the directory that it is given, a file system of 1 MiB, which it fills and frees in every way. Says what happened.
// node master-no-space.mjs <directory>
import { execFileSync } from 'node:child_process';
import { readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, Follower, Master } from 'jsonmmap';

const [dir] = process.argv.slice(2);
const FILLER = join(dir, 'filler');
const CHURNS = 5000;
const report = {};

function codeOf(body) {
  try {
    body();
    return 'no error';
  } catch (error) {
    return error.code ?? String(error);
  }
}

/** Writes until there is no space, at most `most` times; returns how often, and why it ended. */
function fill(write, most = 100_000) {
  for (let count = 0; count < most; count++) {
    const code = codeOf(() => write(count));
    if (code !== 'no error') return { count, code };
  }
  return { count: most, code: 'no error' };
}

/** What a process that comes now reads. It is one of its own, because what is mapped takes space until it is unmapped. */
function look() {
  return JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), dir, 'look']));
}

if (process.argv[3] === 'look') {
  const { version, current } = Follower.open('region', { dir });
  const clean = check('region', { dir }).problems.length === 0;
  console.log(JSON.stringify({ version, texts: Object.keys(current.texts).length, n: current.n, clean }));
  process.exit();
}

writeFileSync(FILLER, Buffer.alloc(300_000));
const master = Master.open('region', { dir, initial: { n: 0, texts: {} } });
const filling = fill((i) => master.set(`/texts/${i}`, `${i} `.repeat(3000)));
report.filling = filling.code;
report.filled = filling.count > 20 && look().texts === filling.count && look().version === filling.count + 1;
report.tooLargeAtOnce = codeOf(() => master.write({ text: 'x'.repeat(2_000_000) }));
report.oldVersionStands = look().texts === filling.count && look().version === master.version && look().clean;

unlinkSync(FILLER);
report.afterFreeing = codeOf(() => master.set('/n', 'x'.repeat(20_000)));
report.deleting = fill((i) => master.delete(`/texts/${i}`), filling.count - 3).code;
report.churning = fill((i) => master.set('/n', `${i}`.repeat(100)), CHURNS).code;
const { n, texts, clean } = look();
report.newest = n === `${CHURNS - 1}`.repeat(100) && texts === 3 && clean;
master.close();

// Others take all the space there is.
report.full = fill((i) => writeFileSync(join(dir, `full${i}`), Buffer.alloc(4096))).code;
report.creatingAnother = codeOf(() => Master.open('another', { dir, initial: {} }));
report.leftByThat = readdirSync(dir).filter((name) => name.startsWith('another') && !name.endsWith('.lock'));
report.takingOver = codeOf(() => Master.open('region', { dir }).close());
report.reading = look().texts === 3 && look().clean;
console.log(JSON.stringify(report));
