// A follower that watches: says how, and each thing that it is told. Without "ref" nothing keeps it alive; with it, it ends when the region goes.
// "exhausted" takes every file descriptor first, so that no watcher can be had.
// node region-watcher.mjs <directory> <name> [ref|exhausted]
import { openSync, writeSync } from 'node:fs';
import { RegionReader } from '../../lib/region/reader.js';

const [dir, name, how] = process.argv.slice(2);
const say = (line) => writeSync(1, `${line}\n`);
const reader = RegionReader.open(name, { dir });
reader.acquire();
if (how === 'exhausted') exhaust();

const watcher = reader.watch({
  commit: () => say(`commit ${reader.acquire().commit.version}`),
  master: (alive) => say(`master ${alive}`),
  removed() {
    say('removed');
    watcher.close();
  },
  returned: () => say('returned'),
  error: (error) => say(`error ${error.code}`),
});
say(watcher.mode);
if (how !== undefined) watcher.ref();

function exhaust() {
  try {
    for (;;) openSync('/dev/null');
  } catch (error) {
    if (error.code !== 'EMFILE') throw error;
  }
}
