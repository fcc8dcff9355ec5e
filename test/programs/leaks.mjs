// Opens and closes what the library has, again and again, in every order and with everything left open that can be; then counts its descriptors and
// its mapped files, before and after. Says one line of JSON for each subject.
//   node --expose-gc leaks.mjs <dir> <cycles> [<subject> …]
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { check, Follower, Master, Mmap, ObjectMmap, regions } from 'jsonmmap';

const [dir, count, ...chosen] = process.argv.slice(2);
const cycles = Number(count);
const noop = () => {};
process.env.JSONMMAP_DIR = dir;

const initial = { list: [1, 2, 3], deep: { down: { here: 'a text that is long enough to be stored' } } };
const standing = Master.open('standing', { initial, history: 8 });
for (let i = 0; i < 4; i++) standing.set('/deep/i', i);

const subjects = {
  'Follower: opened, closed': () => Follower.open('standing').close(),
  'Follower: everything left open': (i) => {
    const follower = Follower.open('standing');
    const held = [follower.current, follower.view.deep.down, follower.snapshot(), follower.at(follower.version - 1)];
    const selections = [follower.select('/deep'), follower.select('/list/1').on('change', noop)];
    follower.on('change', noop).on('error', noop);
    const changes = follower.changes({ path: '/deep' });
    void changes.next();
    follower.status();
    follower.diff(follower.version - 1);
    standing.set('/deep/i', i);
    if (i % 2 === 0) selections[0].close();
    if (i % 3 === 0) void changes.return();
    follower.close();
    if (i % 5 === 0) follower.close();
    selections[1].close();
    return held.length;
  },
  'Follower: no region, a damaged name, an option that is none': () => {
    for (const open of [
      () => Follower.open('missing'),
      () => Follower.open('../standing'),
      () => Follower.open('standing', { owner: -1 }),
    ]) {
      refused(open);
    }
  },
  'Follower: when, and given up': async () => {
    const waiting = Follower.when('missing', { timeoutMs: 0 }).catch(noop);
    (await Follower.when('standing')).close();
    await waiting;
  },
  'Master: opened, written, closed': (i) => {
    const master = Master.open('own', { initial });
    master.set('/deep/i', i);
    master.close();
  },
  'Master: beside its followers, closed before and after them': (i) => {
    const master = Master.open('own', { initial, control: i % 2 === 0 });
    const follower = Follower.open('own').on('change', noop);
    master.write({ ...initial, list: Array.from({ length: i % 50 }, (_, n) => n) });
    void follower.current;
    for (const one of i % 2 === 0 ? [master, follower] : [follower, master]) one.close();
  },
  'Master: locked out': () => refused(() => Master.open('standing')),
  'check and regions': () => {
    check('standing', { versions: Number.POSITIVE_INFINITY });
    regions();
  },
  'Mmap: anonymous, named, of a descriptor': (i) => {
    const fd = openSync(join(dir, 'standing.ctl'), 'r');
    const mappings = [new Mmap(-1, 8192), new Mmap(-1, 4096, { tagname: 'leak' }), new Mmap(fd, 0, { access: 'read' })];
    closeSync(fd);
    mappings[1].write('x');
    const iterator = mappings[2][Symbol.iterator]();
    iterator.next();
    mappings[0].resize(16384);
    for (const mapping of i % 2 === 0 ? mappings : mappings.reverse()) mapping.close();
  },
  'Mmap: forgotten': () => {
    new Mmap(-1, 8192).write('x');
  },
  'Mmap: refused': () => {
    refused(() => new Mmap(-1, 0));
    refused(() => new Mmap(-1, 4096, { tagname: 'a/b' }));
    refused(() => Mmap.open(join(dir, 'missing')));
    refused(() => Mmap.open(dir));
  },
  'ObjectMmap: written, read, closed': (i) => {
    const master = new ObjectMmap(-1, 4096, { tagname: 'objects' });
    const follower = new ObjectMmap(-1, 4096, { tagname: 'objects', access: 'read' });
    master.jsonWrite({ i });
    follower.jsonReadFollower();
    for (const one of i % 2 === 0 ? [master, follower] : [follower, master]) one.close();
  },
};

/** A thread costs as much as a hundred of the others. */
const threads = {
  'Worker: ends without closing anything': () => thread(''),
  'Worker: exits in the middle of it': () => thread('process.exit();'),
  'Worker: throws in the middle of it': () => thread('throw new Error("expected");'),
};

for (const [name, cycle] of Object.entries(subjects)) await measure(name, cycle, cycles);
for (const [name, cycle] of Object.entries(threads)) await measure(name, cycle, Math.max(3, Math.ceil(cycles / 100)));
standing.close();

async function measure(name, cycle, times) {
  if (chosen.length > 0 && !chosen.some((word) => name.includes(word))) return;
  for (let i = 0; i < 3; i++) await cycle(i); // what is opened once and for all
  const before = await standstill();
  for (let i = 0; i < times; i++) {
    await cycle(i);
    if (i % 100 === 0) await turn();
  }
  console.log(JSON.stringify({ name, times, before, after: await settled(before) }));
}

/** What is collected is given back some turns of the loop later: before we count, nothing of the subject before may be left. */
async function standstill() {
  let now = await counted();
  for (let same = 0; same < 5; ) {
    const next = await counted();
    same = next.descriptors === now.descriptors && next.mappings === now.mappings ? same + 1 : 0;
    now = next;
  }
  return now;
}

async function settled(before) {
  let now = await counted();
  for (let tries = 0; tries < 50 && isMore(now, before); tries++) now = await counted();
  return now;
}

function isMore(now, before) {
  return now.descriptors > before.descriptors || now.mappings > before.mappings;
}

async function counted() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await turn();
  }
  return { descriptors: descriptors(), mappings: mappings() };
}

function turn() {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** All but the one that lists them, by what they lead to. */
function descriptors() {
  return readdirSync('/proc/self/fd').filter((fd) => target(fd) !== undefined && !target(fd).endsWith('/fd')).length;
}

function target(fd) {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

/** Files of ours, and anonymous shared memory: nobody else here maps these. */
function mappings() {
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\n');
  return lines.filter((line) => line.includes(dir) || line.includes('/dev/zero')).length;
}

function refused(open) {
  try {
    open();
  } catch ({ code }) {
    if (code?.startsWith('ERR_')) return;
  }
  throw new Error('that was not refused');
}

function thread(ending) {
  const program = `
    import('jsonmmap').then(({ Follower, Master, Mmap, ObjectMmap }) => {
      const follower = Follower.open('standing').on('change', () => {});
      globalThis.kept = [follower, follower.current, follower.select('/list'), Master.open('of-thread', { initial: [1] }), new Mmap(-1, 4096),
        new ObjectMmap(-1, 4096, { tagname: 'objects' })];
      ${ending}
    });`;
  return new Promise((resolve) => {
    new Worker(program, { eval: true }).on('error', noop).on('exit', resolve);
  });
}
