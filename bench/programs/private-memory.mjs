// Tells the bytes that only this process has: `bare` with the library loaded, `follow` the large document and read from it, or `parse` it.
import { readFileSync } from 'node:fs';
import { Follower } from 'jsonmmap';
import { ENTRIES, keyOf } from '../documents/dictionary.mjs';
import { DICTIONARY, pathOf } from '../documents/index.mjs';

const READS = 10_000;

const ways = {
  bare: () => undefined,
  parse: () => JSON.parse(readFileSync(pathOf(DICTIONARY), 'utf8')),
  follow() {
    const follower = Follower.open(DICTIONARY).on('change', () => {});
    const selection = follower.select(['users', keyOf(1)]).on('change', () => {});
    let sum = selection.value.id;
    for (let i = 0; i < READS; i++) {
      const key = keyOf((i * 7919) % ENTRIES);
      sum += follower.get(`/users/${key}/score`) + follower.view.users[key].address.geo.lat;
    }
    if (!Number.isFinite(sum)) throw new Error(`read ${sum}`);
    return follower;
  },
};
globalThis.held = ways[process.argv[2]]();

setTimeout(() => {
  globalThis.gc();
  globalThis.gc();
  process.send(privateBytes(), () => process.exit(0));
}, 200);

/**
 * https://docs.kernel.org/filesystems/proc.html, smaps. Pages of the region are left out: all who map it share them, and the kernel calls them
 * private only because nobody else has them mapped at this moment.
 */
function privateBytes() {
  let isRegion = false;
  let sum = 0;
  for (const line of readFileSync('/proc/self/smaps', 'utf8').split('\n')) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) isRegion = /\.(seg|ctl)( \(deleted\))?$/.test(line);
    else if (!isRegion && /^Private_(Clean|Dirty):/.test(line)) sum += Number.parseInt(line.split(/\s+/)[1], 10) * 1024;
  }
  return sum;
}
