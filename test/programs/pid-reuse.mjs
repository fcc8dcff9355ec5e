// In a pid namespace of its own: a master is killed, and another process gets its pid. Argument: directory. Prints what a follower and a
// new master make of it, as JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Follower, Master } from 'jsonmmap';

const dir = process.argv[2];
const program = join(import.meta.dirname, 'master-agent.mjs');
const master = spawn(process.execPath, [program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
master.send({ id: 0, call: 'open', arguments: ['r', { dir, initial: { n: 1 } }] });
await once(master, 'message');
const follower = Follower.open('r', { dir });
const before = follower.status();
master.kill('SIGKILL');
await once(master, 'exit');

const stranger = await processWith(master.pid);
const { masterAlive } = follower.status();
const next = Master.open('r', { dir });
const version = next.set('/n', 2);
const answer = {
  alive: [before.masterAlive, masterAlive],
  named: before.masterPid === stranger.pid,
  version,
  seen: follower.current,
};
console.log(JSON.stringify(answer));
next.close();
stranger.kill('SIGKILL');

/** The kernel gives pids in order, and lets root say which was the last. */
async function processWith(pid) {
  for (let tries = 0; tries < 100; tries++) {
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
    const child = spawn('sleep', ['1000']);
    if (child.pid === pid) return child;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  throw new Error(`no process got the pid ${pid}`);
}
