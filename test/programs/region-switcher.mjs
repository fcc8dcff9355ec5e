// A master that publishes each version in a new segment, without a pause, from when it has said so until it is killed.
// node region-switcher.mjs <directory>
import { writeSync } from 'node:fs';
import { RegionWriter } from '../../lib/region/writer.js';
import { append, publishIn } from './region-payload.mjs';

const writer = RegionWriter.open('switcher', { dir: process.argv[2], history: 2 });
publishIn(writer, writer.segment, append(writer.segment, 1));
writeSync(1, 'switching\n');
for (let version = 2; ; version++) {
  const fresh = writer.beginSegment();
  publishIn(writer, fresh, append(fresh, version));
}
