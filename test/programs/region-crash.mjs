// Lives through one scenario of a master, says each version that it has published and each region that it has removed, and sends itself a signal,
// JSONMMAP_CRASH_WITH or SIGKILL, at the step that JSONMMAP_CRASH_AT names: "publish:record:2" is the second time at that step, "*:17" the 17th
// step of all.
// node region-crash.mjs <directory> <scenario>
import { writeSync } from 'node:fs';
import { setFailpointHook } from '../../lib/region/failpoints.js';
import { remove } from '../../lib/region/removal.js';
import { RegionWriter } from '../../lib/region/writer.js';
import { append, publishIn } from './region-payload.mjs';

const [dir, scenario] = process.argv.slice(2);
const say = (line) => writeSync(1, `${line}\n`);
const open = (options) => RegionWriter.open('crash', { dir, history: 2, ...options });
const next = (writer) => (writer.commit?.version ?? 0) + 1;

function publish(writer, count) {
  say(publishIn(writer, writer.segment, append(writer.segment, next(writer), count)).version);
}

function switchSegment(writer) {
  const fresh = writer.beginSegment();
  say(publishIn(writer, fresh, append(fresh, next(writer))).version);
}

const scenarios = {
  life(options) {
    const writer = open(options);
    for (let i = 0; i < 3; i++) publish(writer);
    publish(writer, 40_000);
    switchSegment(writer);
    switchSegment(writer);
    writer.beginSegment();
    writer.abandonSegment();
    publish(writer);
    publish(writer);
    writer.close();
  },
  durable() {
    scenarios.life({ durability: 'disk' });
  },
  takeover() {
    const writer = open();
    publish(writer);
    writer.close();
  },
  removal() {
    const writer = open();
    publish(writer);
    switchSegment(writer);
    writer.close();
    remove('crash', { dir });
    say('removed');
  },
};

const signal = process.env.JSONMMAP_CRASH_WITH ?? 'SIGKILL';
const at = process.env.JSONMMAP_CRASH_AT ?? '*:Infinity';
const [, name, count] = /^(.*?)(?::(\d+|Infinity))?$/.exec(at);
const steps = [];
let passed = 0;
setFailpointHook((step) => {
  steps.push(step);
  if ((name === '*' || step === name) && ++passed === Number(count ?? 1)) process.kill(process.pid, signal);
});
scenarios[scenario]();
say(`steps ${steps.join()}`);
