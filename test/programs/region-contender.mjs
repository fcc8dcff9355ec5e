// Becomes the master again and again, without a pause between its tries, publishes a version each time and says it with its instance; dies without a word to the
// region in its last round.
// node region-contender.mjs <directory> <name> <rounds>
import { writeSync } from 'node:fs';
import { RegionWriter } from '../../lib/region/writer.js';
import { append, publishIn } from './region-payload.mjs';

const [dir, name, rounds] = process.argv.slice(2);
for (let round = 1; round <= Number(rounds); round++) {
  const writer = openAtLast();
  const version = (writer.commit?.version ?? 0) + 1;
  publishIn(writer, writer.segment, append(writer.segment, version));
  writeSync(1, `${writer.instance} ${version}\n`);
  if (round === Number(rounds)) process.kill(process.pid, 'SIGKILL');
  writer.close();
}

function openAtLast() {
  for (;;) {
    try {
      return RegionWriter.open(name, { dir });
    } catch (error) {
      if (error.code !== 'ERR_REGION_LOCKED') throw error;
    }
  }
}
