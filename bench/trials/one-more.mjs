// C7: private memory of one more process that has read 20,000 values of a document and waits, beyond that of `node -e 0` that waits likewise. Each has a twin, so that
// the pages of Node and of the region count as shared, as they are among many followers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Master } from 'jsonmmap';
import { openLmdb } from '../drivers/lmdb.mjs';
import { inTurns, median } from '../measure.mjs';
import { row } from '../rows.mjs';

const MIB = 2 ** 20;
/** The rows of documents of 10 KB and of 100 MB. */
const ROWS = { small: 70, large: 300_000 };
/** After the last read: what the engine compiles meanwhile is done then. */
const SETTLE_MS = 200;
const PROGRAM = fileURLToPath(new URL('../programs/one-more.mjs', import.meta.url));

export async function measure({ quick }) {
  for (const [name, rows] of Object.entries(ROWS)) Master.open(name, { initial: { users: usersOf(rows) } }).close();
  const text = join(process.env.JSONMMAP_DIR, 'large.json');
  const users = usersOf(ROWS.large);
  writeFileSync(text, JSON.stringify({ users }));
  await (await openLmdb('large', Object.entries(users))).close();

  const program = (...args) => measured([PROGRAM, ...args.map(String)]);
  const results = await inTurns(quick ? 3 : 11, {
    bare: () => measured(['-e', "process.stdout.write('waits'); setInterval(() => {}, 2 ** 30)"]),
    loop: () => program('loop', '', ROWS.large),
    small: () => program('follower', 'small', ROWS.small, '/users/', '/id'),
    large: () => program('follower', 'large', ROWS.large, '/users/', '/id'),
    lmdb: () => program('lmdb', join(process.env.JSONMMAP_DIR, 'lmdb-large'), ROWS.large, '', ''),
    parse: () => program('parse', text, ROWS.large, '', ''),
  });
  const beyond = (name) => median(results[name]) - median(results.bare);
  const follower = (name, limit) => ({
    unit: 'bytes',
    measured: beyond(name),
    target: { text: `≤ ${limit} MiB more than node -e 0`, atMost: limit * MIB },
  });
  return [
    row('follower of 10 KB', { ...follower('small', 2), baseline: ['the loop alone', beyond('loop')] }),
    row('follower of 100 MB', { ...follower('large', 3), baseline: ['lmdb', beyond('lmdb')] }),
    row('the same', {
      ...follower('large', 3),
      baseline: ['JSON.parse of the same', beyond('parse')],
      target: undefined,
    }),
  ];
}

function usersOf(rows) {
  return Object.fromEntries(
    Array.from({ length: rows }, (_, id) => [
      `${id}`,
      {
        id,
        name: `name ${id}`,
        email: `name.${id}@example.org`,
        score: id / 3,
        note: 'x'.repeat(rows > 1000 ? 250 : 40),
      },
    ]),
  );
}

/** The private bytes of a process that has started, read and waits, beside one that does the same. */
async function measured(args) {
  const twins = [await started(args), await started(args)];
  await delay(SETTLE_MS);
  const sizeBytes = privateBytes(twins[1].pid);
  const ended = twins.map((child) => once(child, 'exit'));
  for (const child of twins) child.kill();
  await Promise.all(ended);
  return sizeBytes;
}

async function started(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => [])]);
  if (said === undefined) throw new Error(`${args.join(' ')} ended before it waited`);
  return child;
}

/** https://docs.kernel.org/filesystems/proc.html, smaps_rollup. */
function privateBytes(pid) {
  const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').split('\n');
  const sizes = lines
    .filter((line) => /^Private_(Clean|Dirty):/.test(line))
    .map((line) => Number(line.split(/\s+/)[1]));
  return sizes.reduce((sum, size) => sum + size * 1024, 0);
}
