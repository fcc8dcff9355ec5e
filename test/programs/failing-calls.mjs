// A region's life, again and again, while one system call of it fails: each function, each error, the first call of it, the second, and so on.
// Runs under the preloaded test/hostile/failing-calls.c. Arguments: directory, every how many calls one is tried, the durability.
// Prints a line of JSON for each function and error: how many of its calls failed, and what was wrong.
import { accessSync, mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { check, Follower, JsonMmapError, Master, regions, remove } from 'jsonmmap';

const [directory, stride, durability] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const FILE_CALLS = [
  'open64',
  'mmap64',
  'fcntl',
  'ftruncate64',
  'posix_fallocate64',
  'read',
  'pread64',
  'write',
  'pwrite64',
];
const NAME_CALLS = ['mkdir', 'unlink', 'chmod', 'fchmod', 'rename', 'link', 'symlink', 'readlink', 'scandir64'];
const OTHER_CALLS = ['fsync', 'fdatasync', 'futimens', 'inotify_add_watch'];
const ERRORS = ['EIO', 'ENOSPC', 'EMFILE', 'EACCES'];
/** More calls of one function than a life has. */
const CALLS_MAX = 2000;

let life = 0;
for (const call of [...FILE_CALLS, ...NAME_CALLS, ...OTHER_CALLS]) {
  for (const error of ERRORS) {
    const row = { call, error, failed: 0, wrong: [] };
    for (let n = 1; n <= CALLS_MAX; n += stride) {
      const findings = await liveWith(call, n, constants.errno[error]);
      if (findings === undefined) break;
      row.failed++;
      row.wrong.push(...findings.map((finding) => `call ${n}: ${finding}`));
    }
    console.log(JSON.stringify(row));
  }
}

/** Returns what was wrong; undefined when the life has fewer calls than that. */
async function liveWith(call, n, errno) {
  const dir = join(directory, String(life++));
  mkdirSync(dir, { mode: 0o700 });
  const findings = [];
  const said = { acknowledged: 0, attempted: 0, unclosed: false };
  accessSync(`/failing-calls/${call}/${n}/${errno}`);
  try {
    await live(dir, said);
  } catch (error) {
    if (!(error instanceof JsonMmapError)) findings.push(error.stack);
  }
  const fired = hasFired();
  if (fired) findings.push(...afterwards(dir, said));
  rmSync(dir, { recursive: true });
  return fired ? findings : undefined;
}

function hasFired() {
  try {
    accessSync('/failing-calls/fired');
    return true;
  } catch {
    return false;
  }
}

/** Creation, small writes, growth, compaction, a follower that listens and one that looks back, an end and a takeover. */
async function live(dir, said) {
  const options = { dir, durability, history: 3, initial: { n: 0, text: '' } };
  const set = (master, n, text) => {
    said.attempted = n;
    attempt(() => {
      master.write({ n, text });
      said.acknowledged = n;
    });
  };
  const master = Master.open('life', options);
  try {
    set(master, 1, 'small');
    const follower = Follower.open('life', { dir });
    try {
      follower.on('error', coded);
      follower.on('change', () => {});
      for (let n = 2; n < 9; n++) {
        set(master, n, `${n}`.repeat(60_000));
        attempt(() => follower.current);
      }
      attempt(() => follower.history().map(({ version }) => follower.at(version).get('/n')));
      attempt(() => follower.status());
      await new Promise(setImmediate);
    } finally {
      follower.close();
    }
  } finally {
    end(master, said);
  }
  const next = Master.open('life', { dir });
  set(next, 9, 'taken over');
  end(next, said);
  attempt(() => check('life', { dir }));
  attempt(() => regions({ dir }));
}

function end(master, said) {
  said.unclosed = true;
  master.close();
  said.unclosed = false;
}

/** What failed has a code, and the life goes on. */
function attempt(action) {
  try {
    action();
  } catch (error) {
    coded(error);
  }
}

function coded(error) {
  if (!(error instanceof JsonMmapError)) throw error;
}

/** With a disk that is well again: the region is sound, what was acknowledged is there, and a master can take it. */
function afterwards(dir, { acknowledged, attempted, unclosed }) {
  const findings = [];
  try {
    if (unclosed && keepsItsLock(dir)) return findings;
    const master = Master.open('life', { dir, initial: { n: 0, text: '' } });
    const { n } = master.current;
    if (n < acknowledged || n > attempted)
      findings.push(`acknowledged ${acknowledged}, attempted ${attempted}, found ${n}`);
    master.set('/n', -1);
    const { problems } = check('life', { dir });
    if (problems.length > 0) findings.push(...problems.map(({ message }) => message));
    const follower = Follower.open('life', { dir });
    if (follower.current.n !== -1) findings.push('a follower does not see the next write');
    follower.close();
    master.close();
    remove('life', { dir });
  } catch (error) {
    findings.push(error.stack);
  }
  return findings;
}

/** Over system calls the lock is a file: a master that could not remove it has the region until its process ends. */
function keepsItsLock(dir) {
  if (process.env.JSONMMAP_SYSTEM !== 'syscalls') return false;
  try {
    Master.open('life', { dir }).close();
    return false;
  } catch (error) {
    coded(error);
    return error.code === 'ERR_REGION_LOCKED' && error.pid === process.pid;
  }
}
