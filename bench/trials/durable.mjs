// D1: one key set so that it survives power loss, beside what the disk takes for a sync, and with syncs that are shared.
// In the temporary directory, or in BENCH_DISK: a directory on the disk that is to be measured.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Master } from 'jsonmmap';
import { inTurns, median, nanoseconds, percentile } from '../measure.mjs';
import { row } from '../rows.mjs';

const KEYS = 1000;
const GROUPS = [1, 8, 64];
const BLOCK = Buffer.alloc(512, 1);

export async function measure({ quick }) {
  const dir = mkdtempSync(join(process.env.BENCH_DISK ?? tmpdir(), 'jsonmmap-bench-'));
  try {
    return await measureIn(dir, quick ? 100 : 1000);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function measureIn(dir, rounds) {
  const initial = Object.fromEntries(Array.from({ length: KEYS }, (_, i) => [`key${i}`, { value: i }]));
  const open = (name, options) => Master.open(name, { dir, initial, ...options });
  const file = openSync(join(dir, 'block'), 'w');
  writeSync(file, Buffer.alloc(1 << 20));
  const memory = open('memory', { durability: 'none' });
  const disk = open('disk', { durability: 'disk' });
  const groups = GROUPS.map((size) => [size, open(`group-${size}`, { durability: 'disk', groupMs: 1000 })]);

  const unsynced = Array.from({ length: 10 * rounds }, (_, round) => nanoseconds(() => set(memory, round, 0)));
  const times = await inTurns(rounds, {
    sync: (round) => nanoseconds(() => writeAndSync(file, round)),
    disk: (round) => nanoseconds(() => set(disk, round, 0)),
    ...Object.fromEntries(groups.map(([size, master]) => [`group${size}`, (round) => groupOf(size, master, round)])),
  });

  for (const master of [memory, disk, ...groups.map(([, group]) => group)]) master.close();
  closeSync(file);
  const sync = ['write 512 bytes and fdatasync', median(times.sync)];
  return [
    row('set, durability none, p50', { measured: median(unsynced) }),
    row('the same, p99', { measured: percentile(unsynced, 0.99) }),
    row('set, durability disk, p50', { measured: median(times.disk), baseline: sync }),
    row('the same, p99', {
      measured: percentile(times.disk, 0.99),
      baseline: [sync[0], percentile(times.sync, 0.99)],
    }),
    ...GROUPS.flatMap((size) => rowsOfGroup(size, times[`group${size}`], sync)),
  ];
}

function writeAndSync(file, round) {
  writeSync(file, BLOCK, 0, BLOCK.length, (round % 2048) * BLOCK.length);
  fdatasyncSync(file);
}

function set(master, round, i) {
  master.set(`/key${(round * 64 + i) % KEYS}/value`, round + i + 0.5);
}

async function groupOf(size, master, round) {
  const started = process.hrtime.bigint();
  for (let i = 0; i < size; i++) set(master, round, i);
  await master.durable();
  return Number(process.hrtime.bigint() - started);
}

function rowsOfGroup(size, times, sync) {
  const writes = size === 1 ? 'a group of 1 write' : `a group of ${size} writes`;
  return [
    row(`${writes}, until it is durable, p50`, { measured: median(times), baseline: sync }),
    row('the same, p99', { measured: percentile(times, 0.99) }),
    row('the same, p50 for each write', { measured: median(times) / size, baseline: sync }),
  ];
}
