// Fills a file system with a region and says what each attempt to go on came to, and which files are there at the end.
// node region-full.mjs <directory on a small file system>
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RegionReader } from '../../lib/region/reader.js';
import { RegionWriter } from '../../lib/region/writer.js';
import { append, isWhole, publishIn } from './region-payload.mjs';

const [dir] = process.argv.slice(2);
const filler = join(dir, 'filler');
const writer = RegionWriter.open('full', { dir });
const reader = RegionReader.open('full', { dir });
const publish = (count) =>
  publishIn(writer, writer.segment, append(writer.segment, (writer.commit?.version ?? 0) + 1, count)).version;

function outcome(action) {
  try {
    action();
    return 'done';
  } catch (error) {
    writer.discard();
    return error.code;
  }
}

publish(10_000);
for (let kilobytes = 64; kilobytes >= 4; kilobytes /= 2) fill(kilobytes);
const said = {
  large: outcome(() => publish(100_000)),
  fresh: outcome(() => writer.beginSegment()),
  other: outcome(() => RegionWriter.open('other', { dir })),
  small: outcome(() => publish(8)),
  whole: isWhole(reader.acquire()),
  files: readdirSync(dir).sort(),
};
rmSync(filler);
said.again = outcome(() => publish(10_000));
said.wholeAgain = isWhole(reader.acquire());
said.version = reader.acquire().commit.version;
writer.close();
console.log(JSON.stringify(said));

function fill(kilobytes) {
  try {
    for (;;) writeFileSync(filler, Buffer.alloc(kilobytes * 1024), { flag: 'a', flush: true });
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  }
}
