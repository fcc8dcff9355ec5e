// Publishes versions of the payload and says each one, until it has published as many as it should or is killed. Kills itself at the step that
// JSONMMAP_CRASH_AT names: "publish:record:2" is the second time at that step, "*:17" the 17th step of all.
// node master-crash.mjs <directory> <versions>
import { writeSync } from 'node:fs';
import { Master } from '../../lib/index.js'; // of the same copy as the steps
import { setFailpointHook } from '../../lib/region/failpoints.js';
import { publishNext } from './master-payload.mjs';

const [dir, versions] = process.argv.slice(2);
const at = process.env.JSONMMAP_CRASH_AT ?? '*:Infinity';
const [, name, count] = /^(.*?)(?::(\d+|Infinity))?$/.exec(at);
const say = (line) => writeSync(1, `${line}\n`);
const steps = [];
let passed = 0;
setFailpointHook((step) => {
  if (steps.length < 10_000) steps.push(step);
  if ((name === '*' || step === name) && ++passed === Number(count ?? 1)) process.kill(process.pid, 'SIGKILL');
});

const master = Master.open('crash', { dir, history: 2, wait: { timeoutMs: 30_000 } });
say('open');
for (let i = 0; i < Number(versions); i++) say(publishNext(master));
master.close();
say(`steps ${steps.join()}`);
