// An agent of a host. Says what it applies and loads, until its standard input ends or it is killed. Kills itself at the step that JSONMMAP_CRASH_AT names:
// "publish:record:2" is the second time at that step. Says all steps at its end.
// node upstream-agent.mjs <directory> <url>
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Master } from '../../lib/index.js'; // of the same copy as the steps
import { setFailpointHook } from '../../lib/region/failpoints.js';
import { Agent } from '../../lib/upstream/index.js';

const [dir, url] = process.argv.slice(2);
const [, name, count] = /^(.*?)(?::(\d+))?$/.exec(process.env.JSONMMAP_CRASH_AT ?? '');
const say = (line) => writeSync(1, `${line}\n`);
const steps = [];
let passed = 0;
setFailpointHook((step) => {
  if (steps.length < 10_000) steps.push(step);
  if (step === name && ++passed === Number(count ?? 1)) process.kill(process.pid, 'SIGKILL');
});

const master = Master.open('app', { dir, history: 100, wait: { timeoutMs: 30_000 } });
const options = { reconnectMaxMs: 100, staleAfterMs: 5000, lastGood: join(dir, 'good') };
const agent = Agent.follow(url, master, { ...options, host: 'host' });
agent.on('reloaded', ({ reason }) => say(`reloaded ${reason}`));
agent.on('refused', ({ sequence, error }) => say(`refused ${sequence} ${error.message}`));
agent.on('applied', ({ position }) => say(`applied ${position.sequence}`));
process.stdin.resume().on('end', async () => {
  await agent.close();
  master.close();
  say(`steps ${steps.join()}`);
});
