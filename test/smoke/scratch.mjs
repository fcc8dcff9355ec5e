// A file to map, and questions about this process that the steps ask.
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { mmapSystem } from '../../lib/system/system.js';

export const system = mmapSystem();
export const page = system.pageSize;

/** Runs `body` with a directory of its own, then removes it. */
export async function withDirectory(body) {
  const dir = mkdtempSync(join(tmpdir(), 'jsonmmap-smoke-'));
  try {
    await body(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Runs `body` with a file of `pages` zeroed pages, then removes it. */
export function withFile(pages, body) {
  return withDirectory(async (dir) => {
    const path = join(dir, 'file');
    const fd = openSync(path, 'w+');
    try {
      ftruncateSync(fd, pages * page);
      await body({ path, fd, map: (access) => system.map({ fd, offset: 0, length: page, access }) });
    } finally {
      closeSync(fd);
    }
  });
}

/** How often this process maps `path` at this moment. */
export function timesMapped(path) {
  const { length } = readFileSync('/proc/self/maps', 'latin1').split(path);
  return length - 1;
}

/** Collects garbage until `path` is mapped `times` times or ten seconds have gone. */
export async function collectedTo(times, path) {
  for (const deadline = Date.now() + 10_000; timesMapped(path) > times && Date.now() < deadline; ) {
    collectGarbage();
    await pause(1);
  }
  return timesMapped(path) === times;
}

export const canCollect = collector() !== undefined;

function collectGarbage() {
  collector()();
}

function collector() {
  return globalThis.gc ?? (globalThis.Bun && (() => globalThis.Bun.gc(true)));
}

/** Name, version and processor of the runtime, as people call it. */
export function reported() {
  const { bun, deno, node } = process.versions;
  const name = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;
  return `${name} ${process.arch} ${system.kind}`;
}
