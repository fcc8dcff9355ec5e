// Becomes the master again and again, publishes a few versions each time and says them; dies without a word to the region in its last round.
// node region-contender.mjs <directory> <name> <rounds>
import { writeSync } from 'node:fs';
import { RegionWriter } from '../../dist/region/writer.js';
import { append } from './region-payload.mjs';

const [dir, name, rounds] = process.argv.slice(2);
for (let round = 1; round <= Number(rounds); round++) {
  const writer = RegionWriter.open(name, { dir, wait: { timeoutMs: 60_000 } });
  for (let i = 0; i < 3; i++) {
    const version = (writer.commit?.version ?? 0) + 1;
    writeSync(1, `${writer.publish(append(writer.segment, version)).version}\n`);
  }
  if (round === Number(rounds)) process.kill(process.pid, 'SIGKILL');
  writer.close();
}
