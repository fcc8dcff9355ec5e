// A life of a region where something is scarce, step by step. Arguments: directory, region, what is done: "grow" writes ever larger documents and prints the
// number of each that was acknowledged, "read" reads a large one into memory again and again, "descriptors" opens, writes,
// follows and closes with fewer descriptors than that takes, and prints the codes of what failed.
import { closeSync, openSync } from 'node:fs';
import { Follower, JsonMmapError, Master } from 'jsonmmap';

const [dir, name, what] = process.argv.slice(2);

if (what === 'grow') {
  const master = Master.open(name, { dir, initial: { n: 0, parts: [] } });
  for (let n = 1; ; n++) {
    master.transaction(() => {
      master.set('/parts/-', `${n % 10}`.repeat(1_000_000));
      master.set('/n', n);
    });
    console.log(n);
  }
}

if (what === 'read') {
  const follower = Follower.open(name, { dir });
  const copies = [];
  for (;;) copies.push(JSON.stringify(follower.current), Buffer.alloc(1_000_000, copies.length));
}

if (what === 'descriptors') {
  const results = [];
  for (let spare = 0; spare <= 40; spare++) {
    const filled = fill();
    for (const fd of filled.splice(0, spare)) closeSync(fd);
    results.push({ spare, codes: await live(`${name}-${spare}`) });
    for (const fd of filled) closeSync(fd);
  }
  console.log(JSON.stringify(results));
}

/** Opens files until no more can be. */
function fill() {
  const fds = [];
  try {
    for (;;) fds.push(openSync('/dev/null'));
  } catch {
    return fds;
  }
}

/** Opens, writes, follows and closes; returns the codes of what failed. */
async function live(region) {
  const codes = new Set();
  const attempt = (action) => {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof JsonMmapError)) throw error;
      codes.add(error.code);
      return undefined;
    }
  };
  const master = attempt(() => Master.open(region, { dir, initial: { n: 0 } }));
  const followers = Array.from({ length: 10 }, () => attempt(() => Follower.open(region, { dir })));
  for (const follower of followers) {
    attempt(() => follower?.on('change', () => {}).on('error', ({ code }) => codes.add(code)));
  }
  for (let n = 1; n <= 5; n++) attempt(() => master?.write({ n, text: 'x'.repeat(100_000) }));
  for (const follower of followers) attempt(() => follower?.current);
  await new Promise(setImmediate);
  for (const open of [...followers, master]) attempt(() => open?.close());
  return [...codes].sort();
}
