// A file system that is too small, and somebody else who fills it up.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Too little for the main scene. */
const TOO_SMALL = '1536k';
const FULL_MS = 400;
const FREE_MS = 600;
const CHUNKS = [64 * 1024, 4096];
/** More than the file system holds: if it is gone, what it was mounted on does not fill up. */
const MOST_BYTES = 2 * 1024 * 1024;

/** Mounts a tmpfs of `size` at `path`; returns how to take it away, or undefined where this process may not mount. */
export function mountSmall(path, size = TOO_SMALL) {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const options = `size=${size},mode=0700`;
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'jsonmmap-soak', path], { stdio: 'ignore' });
  if (status !== 0) return undefined;
  // Lazily: what this process has mapped there stays until it is collected.
  return () => void spawnSync('umount', ['-l', path], { stdio: 'inherit' });
}

/** Takes all the space that is left at `path`, and gives it back, again and again from the first version until the end. Returns how often. */
export async function fillAgainAndAgain(path, { random, stopped, history }) {
  const filler = join(path, 'filler');
  let times = 0;
  while (!stopped()) {
    await delay(random.next() * FREE_MS);
    if (history.newest === 0) continue;
    for (const bytes of CHUNKS) fill(filler, bytes);
    times++;
    await delay(random.next() * FULL_MS);
    rmSync(filler);
  }
  return times;
}

function fill(filler, bytes) {
  try {
    for (let filled = 0; filled < MOST_BYTES; filled += bytes)
      writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  }
}
