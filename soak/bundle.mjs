// Programs as one file each: they start in half the time, and so twice as many masters can be killed.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Two folders below the root, as `dist/chunks/` is, from where the library looks for its binary. */
const TARGET = new URL(`../build/soak-${process.pid}/`, import.meta.url);

/** Bundles the programs with what they import, for as long as this process runs. */
export async function bundlePrograms() {
  process.once('exit', () => rmSync(TARGET, { recursive: true, force: true }));
  await Promise.all(['master.mjs', 'fork-server.mjs', 'follower.mjs', 'tenant.mjs'].map((name) => bundle(name)));
}

/** Where a bundled program lies. */
export function pathOf(program) {
  return fileURLToPath(new URL(program, TARGET));
}

async function bundle(name) {
  const input = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const bundled = await rolldown({ input, platform: 'node', external: /^node:/, logLevel: 'silent' });
  await bundled.write({ file: pathOf(name), format: 'esm', codeSplitting: false });
  await bundled.close();
}
