// A master that does as it is told, one JSON message after the other: {"id": 1, "call": "set", "arguments": ["/a", 1]}. "open" opens it, "current"
// and "version" read, "become" changes the user, "transaction" takes a list of calls, "loop" sets a path to numbers as fast as it can until the next message.
import { Master } from 'jsonmmap';

let master;
let looping = false;

const calls = {
  become: (uid) => {
    process.setgroups([]);
    process.setgid(uid);
    process.setuid(uid);
  },
  open: (name, options) => {
    master = Master.open(name, options);
    return process.pid;
  },
  current: () => master.current,
  version: () => master.version,
  transaction: (list) => {
    master.transaction(() => {
      for (const [call, ...rest] of list) master[call](...rest);
    });
    return master.version;
  },
  loop: (path) => {
    looping = true;
    const turn = (n) => {
      if (!looping) return;
      for (let i = 0; i < 100; i++) master.set(path, n + i);
      setImmediate(turn, n + 100);
    };
    turn(0);
  },
};

process.on('disconnect', () => {
  looping = false;
  master?.close();
});

process.on('message', ({ id, call, arguments: list }) => {
  looping = false;
  try {
    process.send({ id, result: call in calls ? calls[call](...list) : master[call](...list) });
  } catch ({ code, message, pid }) {
    process.send({ id, error: { code, message, pid } });
  }
});
