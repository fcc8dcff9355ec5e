// C1: a fresh process imports the package, or the follower alone, beside a peer whose code is small. The peer is one of `npm run compare`, which installs it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fork } from '../child.mjs';
import { inTurns, median } from '../measure.mjs';
import { row } from '../rows.mjs';

const PACKAGES = fileURLToPath(new URL('../compare/node_modules', import.meta.url));
const PEER = join(PACKAGES, 'better-sqlite3', 'lib', 'index.js');

export async function measure({ quick }) {
  if (!existsSync(PEER)) throw new Error('better-sqlite3 is not there: install it with node bench/compare/setup.mjs');
  const importing = (name) => () => fork('programs/import.mjs', [name]);
  const times = await inTurns(quick ? 9 : 31, {
    peer: importing(PEER),
    all: importing('jsonmmap'),
    follower: importing('jsonmmap/follower'),
    mmap: importing('jsonmmap/mmap'),
  });
  const baseline = ["import 'better-sqlite3'", median(times.peer)];
  const target = (ratioAtMost) => ({ text: `≤ ${ratioAtMost}× better-sqlite3`, ratioAtMost });
  return [
    row("import 'jsonmmap'", { measured: median(times.all), baseline, target: target(1.2) }),
    row("import 'jsonmmap/follower'", { measured: median(times.follower), baseline, target: target(0.7) }),
    row("import 'jsonmmap/mmap'", { measured: median(times.mmap), baseline }),
  ];
}
