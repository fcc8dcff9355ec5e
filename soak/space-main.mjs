// Rewrites a document on a small file system while others listen to it, read it, hold a snapshot of it and do nothing. See docs/SOAK.md.
//   npm run soak:space -- [--minutes N] [--mebibytes 64] [--document 4]
// Exit code 1: a write found no space, a reader saw what cannot be, or more was taken than README says.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundlePrograms } from './bundle.mjs';
import { mountSmall } from './small-disk.mjs';
import { rewrite } from './space.mjs';

const MIB = 2 ** 20;
const SCENES = [
  { what: 'who holds nothing', kinds: ['listener', 'patches', 'current', 'get', 'selection', 'iterator', 'listener*'] },
  { what: 'one holder of a snapshot', kinds: ['listener', 'holder'] },
  { what: 'who drops what it gets', kinds: ['listener', 'views', 'snapshots', 'views*'] },
  { what: 'who does nothing', kinds: ['listener', 'idle', 'idle*'] },
];

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    mebibytes: { type: 'string', default: '64' },
    document: { type: 'string', default: '4' },
  },
});
const [minutes, mebibytes, documentMib] = [values.minutes, values.mebibytes, values.document].map(Number);
const root = mkdtempSync(join(tmpdir(), 'jsonmmap-space-'));
await bundlePrograms();
let faults = 0;
for (const { what, kinds } of SCENES) {
  const mount = join(root, 'disk');
  const unmount = mountSmall(mount, `${mebibytes}m`);
  if (unmount === undefined) {
    console.error('soak: this process may not mount a small file system');
    process.exit(2);
  }
  const dir = join(mount, 'region');
  mkdirSync(dir, { mode: 0o700 });
  const end = performance.now() + (minutes * 60_000) / SCENES.length;
  const found = await rewrite({ dir, kinds, documentBytes: documentMib * MIB, ended: () => performance.now() > end });
  const segments = (found.mostBytes / found.segmentBytes).toFixed(2);
  const mib = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;
  console.log(
    `${what.padEnd(26)} ${kinds.length} readers, ${found.writes} rewrites, segments of ${mib(found.segmentBytes)}, at most ${mib(found.mostBytes)} of ${mebibytes} MiB taken: ${segments} segments`,
  );
  for (const fault of found.faults) console.error(fault);
  faults += found.faults.length;
  unmount();
}
rmSync(root, { recursive: true });
process.exitCode = faults === 0 ? 0 : 1;
