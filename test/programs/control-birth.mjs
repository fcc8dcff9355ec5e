// A master that takes requests, with a umask that keeps nobody out. At each step at which its socket is made another user tries to connect to
// every socket that he can find; then the master says what came of it, and lives until its standard input ends.
//   node control-birth.mjs <main | thread | cluster> <dir> <uid of the other user>
import { spawnSync } from 'node:child_process';
import cluster from 'node:cluster';
import fs from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';

const [where, dir, uid] = process.argv.slice(2);
if (isMainThread && cluster.isPrimary) process.umask(0);

if (isMainThread && cluster.isPrimary) process.stdin.resume().on('end', () => process.exit());

if (where === 'thread' && isMainThread) new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
else if (where === 'cluster' && cluster.isPrimary) cluster.fork();
else await serve();

async function serve() {
  const found = [];
  for (const name of ['chmodSync', 'renameSync']) {
    const real = fs[name];
    fs[name] = (...parameters) => {
      if (String(parameters[0]).includes('.tmp') || String(parameters[0]).startsWith('/proc')) found.push(...tried());
      return real(...parameters);
    };
  }
  const { Master } = await import('jsonmmap'); // which takes its functions when it is loaded
  const master = Master.open('c', { dir, control: true, initial: { n: 0 } });
  setTimeout(() => console.log(JSON.stringify(found)), 100); // a socket that is bound later has its steps by then, or is not there
  setInterval(() => master.version, 2 ** 30); // a master keeps no thread alive
}

/** What another user meets: each socket with the outcome of a connection, and each directory that he cannot look into. */
function tried() {
  const program = `
    import fs from 'node:fs';
    import net from 'node:net';
    const found = [];
    const tries = [];
    const look = (path) => {
      const stats = fs.lstatSync(path, { throwIfNoEntry: false });
      if (stats?.isSocket()) tries.push(new Promise((resolve) => net.connect(path).on('connect', function () { this.destroy(); resolve('connected'); }).on('error', ({ code }) => resolve(code))));
      else if (stats?.isDirectory()) {
        try { for (const name of fs.readdirSync(path)) look(path + '/' + name); } catch (error) { found.push(error.code); }
      }
    };
    look(${JSON.stringify(dir)});
    console.log(JSON.stringify([...found, ...(await Promise.all(tries))]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    uid: Number(uid),
    gid: Number(uid),
    cwd: '/',
    encoding: 'utf8',
  });
  return stdout === '' ? [stderr] : JSON.parse(stdout);
}
