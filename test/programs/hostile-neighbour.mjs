// A process of another user that tries everything against a region it may only read, and says what came of each try: a JSON object of codes.
//   node hostile-neighbour.mjs <dir> <name> <own uid> <uid of the owner> <pid of the master>
// Everything is loaded before the user is changed: the checkout may be for its owner alone.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { Follower, Master, Mmap, remove } from 'jsonmmap';

const [dir, name, ...numbers] = process.argv.slice(2);
const [uid, owner, masterPid] = numbers.map(Number);
const control = join(dir, `${name}.ctl`);
const segment = join(dir, `${name}.1.seg`);
const lock = join(dir, `${name}.lock`);

process.setgroups([]);
process.setgid(uid);
process.setuid(uid);

const follower = Follower.open(name, { dir, owner });
const readable = fs.openSync(control, 'r');
const outcomes = {};

// What the library refuses.
attempt('follow without naming the owner', () => Follower.open(name, { dir }));
attempt('be its master', () => Master.open(name, { dir }));
attempt('remove it', () => remove(name, { dir }));
attempt('remove it by force', () => remove(name, { dir, force: true }));
attempt('be master of another region there', () => Master.open('other', { dir }));
attempt('write to the view', () => {
  follower.view.list.push(4);
});
attempt('write to current', () => {
  follower.current.list[0] = 7;
});
attempt('map it for writing', () => new Mmap(readable, 0, { access: 'write' }));

// What the kernel refuses.
for (const [file, path] of Object.entries({ control, segment, lock })) {
  for (const flags of ['r+', 'w', 'a']) attempt(`open the ${file} with ${flags}`, () => fs.openSync(path, flags));
  attempt(`truncate the ${file}`, () => fs.truncateSync(path, 0));
  attempt(`unlink the ${file}`, () => fs.unlinkSync(path));
  attempt(`rename the ${file}`, () => fs.renameSync(path, `${path}.away`));
  attempt(`replace the ${file}`, () => fs.renameSync(ownFile(), path));
  attempt(`change the mode of the ${file}`, () => fs.chmodSync(path, 0o666));
  attempt(`change the owner of the ${file}`, () => fs.chownSync(path, uid, uid));
  attempt(`ring with the ${file}`, () => fs.utimesSync(path, 1, 1));
}
attempt('read the lock', () => fs.openSync(lock, 'r'));
attempt('ring with an open file', () => fs.futimesSync(readable, 1, 1));
attempt('write to an open file', () => fs.writeSync(readable, 'x', 0));
attempt('open an open file for writing', () => fs.openSync(`/proc/self/fd/${readable}`, 'r+'));
attempt('make a generation lock', () => fs.symlinkSync(`${process.pid}:0:0`, `${lock}.9`));
attempt('plant the next segment', () => fs.writeFileSync(join(dir, `${name}.2.seg`), 'x'));
attempt('plant a directory', () => fs.mkdirSync(join(dir, `${name}.2.seg`)));
attempt('change the mode of the directory', () => fs.chmodSync(dir, 0o777));
attempt('end the master', () => process.kill(masterPid, 'SIGKILL'));
attempt('write to the memory of the master', () => fs.openSync(`/proc/${masterPid}/mem`, 'r+'));
outcomes['connect to the control socket'] = await connected(join(dir, `${name}.sock`));

// What it may do, and what must bother nobody: every lock that a reader can have, until it ends; a private copy, written to.
outcomes.locks = await lockAll();
const copy = new Mmap(readable, 0, { access: 'copy' });
copy.write(Buffer.alloc(copy.length, 0xff));

console.log(JSON.stringify(outcomes));
process.stdin.on('data', () => console.log(JSON.stringify({ version: follower.version, current: follower.current })));
process.stdin.on('end', () => process.exit(0));

function attempt(what, action) {
  try {
    action();
    outcomes[what] = 'done';
  } catch (error) {
    outcomes[what] = error.code ?? error.name;
  }
}

function ownFile() {
  const path = join(fs.mkdtempSync(join('/tmp', 'jsonmmap-neighbour-')), 'file');
  fs.writeFileSync(path, 'x');
  process.once('exit', () => fs.rmSync(join(path, '..'), { recursive: true, force: true }));
  return path;
}

function connected(path) {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      resolve('done');
    });
    socket.on('error', ({ code }) => resolve(code));
  });
}

/** The master has the control file locked for as long as it lives; that lock is waited for. Says 'no python3' where there is none to be had. */
function lockAll() {
  const program = [
    'import fcntl, sys',
    'segment, control = [open(path, "rb") for path in sys.argv[1:]]',
    'for f in segment, control: fcntl.flock(f, fcntl.LOCK_EX)',
    'fcntl.lockf(segment, fcntl.LOCK_SH); print("held", flush=True)',
    'fcntl.lockf(control, fcntl.LOCK_SH); sys.stdin.read()',
  ].join('\n');
  return new Promise((resolve) => {
    const holder = spawn('/usr/bin/python3', ['-c', program, segment, control], { stdio: ['pipe', 'pipe', 'inherit'] });
    process.once('exit', () => holder.kill());
    holder.once('error', () => resolve('no python3'));
    holder.stdout.once('data', (text) => resolve(String(text).trim()));
  });
}
