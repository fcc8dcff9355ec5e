// A master in the directory that it is given, a file system of 1 MiB, which it fills and frees in every way. Says what happened.
// node --expose-gc master-no-space.mjs <directory>
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
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

/** Looks at the region as others do. What is mapped for that takes space until it is collected, which takes a turn or two. */
async function look(body) {
  const result = body();
  for (let turn = 0; turn < 1000 && mappedSegments() > 1; turn++) {
    await setImmediate();
    globalThis.gc();
    await setImmediate(); // finalizers run
  }
  return result;
}

/** One is the master's own. */
function mappedSegments() {
  return readFileSync('/proc/self/maps', 'utf8').match(/\.seg( \(deleted\))?$/gm)?.length ?? 0;
}

function get(path) {
  const follower = Follower.open('region', { dir });
  const value = follower.get(path);
  follower.close();
  return value;
}

const countTexts = () => look(() => Object.keys(get('/texts')).length);
const isClean = () => look(() => check('region', { dir }).problems.length === 0);

writeFileSync(FILLER, Buffer.alloc(300_000));
const master = Master.open('region', { dir, initial: { n: 0, texts: {} } });
const filling = fill((i) => master.set(`/texts/${i}`, `${i} `.repeat(3000)));
report.filling = filling.code;
report.filled = filling.count > 20 && (await countTexts()) === filling.count && master.version === filling.count + 1;
report.tooLargeAtOnce = codeOf(() => master.write({ text: 'x'.repeat(2_000_000) }));
report.oldVersionStands = (await countTexts()) === filling.count && (await isClean());

unlinkSync(FILLER);
report.afterFreeing = codeOf(() => master.set('/n', 'x'.repeat(20_000)));
report.deleting = fill((i) => master.delete(`/texts/${i}`), filling.count - 3).code;
report.churning = fill((i) => master.set('/n', `${i}`.repeat(100)), CHURNS).code;
report.newest =
  (await look(() => get('/n'))) === `${CHURNS - 1}`.repeat(100) && (await countTexts()) === 3 && (await isClean());
master.close();

// Others take all the space there is.
report.full = fill((i) => writeFileSync(join(dir, `full${i}`), Buffer.alloc(4096))).code;
report.creatingAnother = codeOf(() => Master.open('another', { dir, initial: {} }));
report.leftByThat = readdirSync(dir).filter((name) => name.startsWith('another') && !name.endsWith('.lock'));
report.takingOver = codeOf(() => Master.open('region', { dir }).close());
report.reading = (await countTexts()) === 3 && (await isClean());
console.log(JSON.stringify(report));
