// A fresh process reads one value of the large document, and tells the nanoseconds: `open` a region, `open again` in a process that has
// opened one, or `parse` the text of a file.
import { readFileSync } from 'node:fs';
import { Follower } from 'jsonmmap';
import { keyOf } from '../documents/dictionary.mjs';
import { DICTIONARY, pathOf } from '../documents/index.mjs';
import { nanoseconds } from '../measure.mjs';

const key = keyOf(1234);
const ways = {
  open: () => Follower.open(DICTIONARY).get(`/users/${key}/id`),
  parse: () => JSON.parse(readFileSync(pathOf(DICTIONARY), 'utf8')).users[key].id,
};
const [way, again] = process.argv[2].split(' ');
if (again) ways[way]();
let id;
const elapsed = nanoseconds(() => {
  id = ways[way]();
});
if (id !== 1234) throw new Error(`read ${id}`);
process.send(elapsed, () => process.exit(0));
