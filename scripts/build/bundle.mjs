// src/ to dist/. Chunks and worker files share one folder: a module that starts a worker names it beside itself, `new URL('./relay.js', import.meta.url)`,
// which holds in dist/chunks/ as it holds in lib/ and src/.
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/** What users import. Both formats. */
const LIBRARY = ['index.ts', 'mmap/index.ts', 'upstream/index.ts'];

const COMMAND = 'cli/main.ts';

/** Files that the command starts as threads or processes: each module that does so names its file by URL, and the file is listed here. */
const WORKERS = ['cli/bench/follower.ts', 'cli/output/progress-worker.ts', 'run/relay.ts', 'sources/parse-worker.ts'];

/** The library in two files, however its modules are shared: each file more is an open descriptor and a step of the loader. */
const LIBRARY_CHUNKS = [
  { name: 'mapping', test: /\/src\/(mmap\/|system\/|errors\.ts)/, priority: 2 },
  {
    name: 'regions',
    test: /\/src\/(check|index|follower|format|listeners|master|region|write-requests\/(?!client))|\/node_modules\/mutative\//,
    priority: 1,
  },
];

/** Writes the bundles. @throws where one names a file that is not there */
export async function bundle(root, dist) {
  const source = (path) => join(root, 'src', path);
  const library = Object.fromEntries(LIBRARY.map((path) => [withoutExtension(path), source(path)]));
  const workers = Object.fromEntries(
    WORKERS.map((path) => [`chunks/${withoutExtension(path).split('/').at(-1)}`, source(path)]),
  );
  const command = { [withoutExtension(COMMAND)]: source(COMMAND), ...workers };
  const esm = await write(root, { ...library, ...command }, { dir: dist, format: 'esm', extension: 'js' });
  await write(root, library, { dir: dist, format: 'cjs', extension: 'cjs' });
  checkUrls(root, dist, esm);
}

/**
 * Dependencies stay packages of their own. The one of the library is built in instead, as a file without the wrapper that it has for CommonJS: its import takes longer
 * than that of everything else, and `update`, which is synchronous, cannot load it late in a way that bundlers understand.
 */
async function write(root, input, { dir, format, extension }) {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = new Set([...Object.keys({ ...dependencies, ...peerDependencies }), ...builtinModules]);
  const bundled = await rolldown({
    input,
    platform: 'node',
    resolve: { alias: { mutative: join(root, 'node_modules', 'mutative', 'dist', 'mutative.esm.mjs') } },
    // Its errors in words, and no look into the environment at every access to a draft.
    transform: { define: { 'process.env.NODE_ENV': '"development"' } },
    external: (id) => id.startsWith('node:') || packages.has(id) || packages.has(packageOf(id)),
    logLevel: 'warn',
    onLog: (_level, { message }) => {
      throw new Error(`rolldown: ${message}`);
    },
  });
  const { output } = await bundled.write({
    dir,
    format,
    sourcemap: true,
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `chunks/[name]-[hash].${extension}`,
    codeSplitting: { groups: LIBRARY_CHUNKS },
  });
  await bundled.close();
  return output.filter(({ type }) => type === 'chunk');
}

/** A chunk that names a file beside it must lie where that file is; binaries are compiled apart. */
function checkUrls(root, dist, chunks) {
  for (const { fileName, code } of chunks) {
    for (const [, path] of code.matchAll(/new URL\(\s*["']([^"']+)["'],\s*import\.meta\.url/g)) {
      const url = new URL(path, pathToFileURL(join(dist, fileName)));
      if (fileURLToPath(url).startsWith(join(root, 'prebuilds'))) continue;
      if (existsSync(url)) continue;
      throw new Error(
        `dist/${fileName} names ${path}, which is not there: is it in WORKERS of scripts/build/bundle.mjs?`,
      );
    }
  }
}

function packageOf(id) {
  return id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');
}

function withoutExtension(path) {
  return path.replace(/\.ts$/, '');
}
