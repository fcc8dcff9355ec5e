// Forks a process for each master that it is asked for: a fiftieth of the time that a start takes. The program is loaded, and warm, before.
// node --single-threaded --v8-pool-size=0 fork-server.mjs <fork.node> <empty directory>
import { createRequire } from 'node:module';
import { MasterLoop } from '../master-loop.mjs';
import { say, sayAs } from './say.mjs';

const { fork } = createRequire(import.meta.url)(process.argv[2]);
const WRITES = 400;
const rehearsal = {
  name: 'rehearsal',
  dir: process.argv[3],
  number: 0,
  journal: '/dev/null',
  seed: 0,
  unlimited: false,
  calm: false,
};
new MasterLoop(rehearsal).rehearse(WRITES);
process.stdin.on('data', bear).on('end', () => process.exit());

/** Each line is a task. */
function bear(text) {
  for (const line of String(text).trim().split('\n')) {
    const pid = fork();
    if (pid > 0) continue;
    live(-pid, JSON.parse(line));
    return;
  }
}

/** In the child: what it has of its parent and must not use is the pid that Node remembers, and the input. */
function live(pid, task) {
  Object.defineProperty(process, 'pid', { value: pid });
  process.stdin.removeAllListeners().destroy();
  sayAs({ number: task.number });
  say({ born: pid });
  void new MasterLoop(task).run();
}
