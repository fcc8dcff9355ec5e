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

/** https://docs.kernel.org/filesystems/proc.html, smaps_rollup */
function privateBytes() {
  const lines = readFileSync('/proc/self/smaps_rollup', 'utf8').split('\n');
  const fields = lines.filter((line) => /^Private_(Clean|Dirty):/.test(line));
  return fields.reduce((sum, line) => sum + Number.parseInt(line.split(/\s+/)[1], 10) * 1024, 0);
}
