// Builds what the package ships and what its tests look into, from src/:
//
// - lib/: one file for each module, for tests that reach inside. Not published.
// - dist/: the library as ES modules and as CommonJS, the command and its worker files, in few files that start fast.
// - dist/inspector/: the page of `jsonmmap inspect`.
// - dist/types/: declarations, once for `import` and once for `require`.
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './build/bundle.mjs';
import { writeDeclarations } from './build/declarations.mjs';
import { buildPage } from './build/page.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lib = join(root, 'lib');
const dist = join(root, 'dist');

rmSync(lib, { recursive: true, force: true });
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
try {
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
} catch {
  process.exit(1); // the compiler has said why
}
rmSync(dist, { recursive: true, force: true }); // chunks have a hash in their name
writeDeclarations(lib, join(dist, 'types'), [
  'index.d.ts',
  'follower/index.d.ts',
  'mmap/index.d.ts',
  'upstream/index.d.ts',
  'metrics/index.d.ts',
]);
await buildPage(root, join(dist, 'inspector')); // the command names its folder
await bundle(root, dist);
// What is built in keeps its licence.
for (const name of ['commander', 'mutative']) {
  copyFileSync(join(root, 'node_modules', name, 'LICENSE'), join(dist, `${name}.LICENSE`));
}
