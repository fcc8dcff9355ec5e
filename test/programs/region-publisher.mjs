// A master that publishes without a pause, grows and switches segments, until it is killed or its standard input ends. Says its first version.
// node region-publisher.mjs <directory> <name>
import { setImmediate } from 'node:timers/promises';
import { RegionWriter } from '../../lib/region/writer.js';
import { append, publishIn } from './region-payload.mjs';

const [dir, name] = process.argv.slice(2);
const SWITCH_BYTES = 400_000;
const writer = RegionWriter.open(name, { dir, history: 3, wait: { timeoutMs: 30_000 } });
let running = true;
process.stdin.on('end', () => (running = false)).resume();

const next = () => (writer.commit?.version ?? 0) + 1;
publishIn(writer, writer.segment, append(writer.segment, next()));
console.log(writer.commit.version);
while (running) {
  for (let i = 0; i < 50; i++) publishOnce();
  await setImmediate();
}
writer.close();

function publishOnce() {
  if (writer.usedBytes < SWITCH_BYTES) return publishIn(writer, writer.segment, append(writer.segment, next()));
  const fresh = writer.beginSegment();
  return publishIn(writer, fresh, append(fresh, next()));
}
