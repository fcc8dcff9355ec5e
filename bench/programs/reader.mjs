// A process that reads the large document while it changes, and knows the longest time that its event loop stood still. `light` reads by path,
// view and selection at each change, `current` has the whole document as objects, `parse` parses a file at each change.
import { Follower } from 'jsonmmap';
import { keyOf } from '../documents/dictionary.mjs';
import { DICTIONARY } from '../documents/index.mjs';
import { followFile } from '../drivers/parsed-file.mjs';

const ways = {
  light() {
    const follower = Follower.open(DICTIONARY);
    follower.select(['users', keyOf(7)]).on('change', ({ value }) => keep(value));
    follower.select('/meta').on('change', ({ value }) => keep(value));
    follower.on('change', ({ snapshot }) => {
      keep(snapshot.get(`/users/${keyOf(snapshot.version % 1000)}`));
      keep(snapshot.view.users[keyOf(snapshot.version % 999)].address.city);
    });
    return () => follower.version;
  },
  current() {
    const follower = Follower.open(DICTIONARY);
    keep(follower.current.meta);
    follower.on('change', ({ snapshot }) => keep(snapshot.current.meta));
    return () => follower.version;
  },
  parse() {
    let seen = 0;
    followFile((document) => {
      keep(document.meta);
      seen++;
    });
    return () => seen;
  },
};

let longest = 0;
let last = process.hrtime.bigint();
let lastCpu = process.cpuUsage();
const version = ways[process.argv[2]]();
setImmediate(turn);

/**
 * The loop never sleeps, so a gap between two turns is work, or another process on this processor. What was not spent on a processor
 * does not count: the shorter of the two.
 */
function turn() {
  const now = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const spent = (cpu.user + cpu.system - lastCpu.user - lastCpu.system) * 1000;
  longest = Math.max(longest, Math.min(spent, Number(now - last)));
  last = now;
  lastCpu = cpu;
  setImmediate(turn);
}

process.on('message', () => {
  process.send({ longest, version: version() });
  longest = 0;
});

function keep(value) {
  globalThis.held = value;
}
