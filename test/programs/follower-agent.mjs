// A follower that does as it is told, one JSON message after the other: {"id": 1, "call": "get", "arguments": ["/a"]}. "open" opens it, "listen" makes
// it tell events, "become" changes the user, "current", "view" and "version" read, "hold" keeps a snapshot and "held" reads it, "select" gives the value at a path.
import { Follower } from 'jsonmmap';

let follower;
let held;
let last;

const calls = {
  become: (uid) => {
    process.setgroups([]);
    process.setgid(uid);
    process.setuid(uid);
  },
  open: (name, options) => {
    follower = Follower.open(name, options);
    return process.pid;
  },
  when: async (name, options) => {
    follower = await Follower.when(name, options);
    return follower.version;
  },
  listen: () => {
    follower.on('change', ({ version, previousVersion, patch }) => tell('change', { version, previousVersion, patch }));
    follower.on('master', (state) => tell('master', state));
    follower.on('removed', () => tell('removed'));
    follower.on('error', ({ code }) => tell('error', { code }));
  },
  current: () => follower.current,
  view: () => follower.view,
  version: () => follower.version,
  select: (path) => follower.select(path).value,
  hold: () => {
    held = follower.snapshot();
    return held.version;
  },
  held: () => held.current,
  // Whether what did not change is the same object as at the last call.
  kept: (path) => {
    const value = path.reduce((at, token) => at[token], follower.current);
    const same = value === last;
    last = value;
    return same;
  },
};

function tell(event, details = {}) {
  process.send({ event, ...details }, () => {}); // nobody may listen any more
}

process.on('disconnect', () => follower?.close());

process.on('message', async ({ id, call, arguments: list }) => {
  try {
    process.send({ id, result: await (call in calls ? calls[call](...list) : follower[call](...list)) });
  } catch ({ code, message }) {
    process.send({ id, error: { code, message } });
  }
});
