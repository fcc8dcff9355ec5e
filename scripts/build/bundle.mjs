// src/ to dist/. Chunks and worker files share one folder: a module that starts a worker names it beside itself, `new URL('./relay.js', import.meta.url)`,
// which holds in dist/chunks/ as it holds in lib/ and src/.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { builtins } from './builtins.mjs';

/** What users import. Both formats. */
const LIBRARY = ['index.ts', 'follower/index.ts', 'mmap/index.ts', 'upstream/index.ts', 'metrics/index.ts'];

const COMMAND = 'cli/main.ts';

/** Files that the command starts as threads or processes: each module that does so names its file by URL, and the file is listed here. */
const WORKERS = [
  'cli/verbs/bench/follower.ts',
  'cli/output/progress-worker.ts',
  'cli/query/query-worker.ts',
  'run/relay.ts',
  'sources/parse-worker.ts',
];

/**
 * Most of an import is parsing, which takes time by the byte. Functions and classes keep their names, which stack traces, heap snapshots and `console.log` show.
 * Lines stay lines, because Node prints the one that threw an uncaught error.
 */
const MINIFY = {
  compress: true,
  mangle: { keepNames: { function: true, class: true } },
  codegen: { removeWhitespace: false },
};

/** Few files, however the modules are shared: each is an open descriptor and a step of the loader. */
const chunks = async (root) => {
  const [reading, mmap] = [await modulesOf(root, 'follower/index.ts'), await modulesOf(root, 'mmap/index.ts')];
  const proc = await modulesOf(root, 'system/proc.ts');
  return [
    // With what `jsonmmap/metrics` needs, and nothing else.
    { name: 'errors', test: await modulesOf(root, 'errors.ts', 'channels.ts', 'duration-bounds.ts'), priority: 7 },
    // What the follower and `jsonmmap/mmap` share, so that neither loads the other; and /proc, which the command reads without the writing half.
    { name: 'system', test: (id) => (reading(id) && mmap(id)) || proc(id), priority: 6 },
    { name: 'reading', test: reading, priority: 5 },
    { name: 'mmap', test: mmap, priority: 4 },
    { name: 'writing', test: await modulesOf(root, 'index.ts'), priority: 3 },
    // What the command needs to say anything, and what every verb needs, commander included.
    { name: 'output', test: await modulesOf(root, 'cli/io.ts', 'cli/version.ts'), priority: 2 },
    { name: 'command', test: await modulesOf(root, 'cli/program.ts'), priority: 1 },
  ];
};

/** Returns the test for the modules that entries consist of, without what they load later. */
async function modulesOf(root, ...entries) {
  const paths = entries.map((entry) => join(root, 'src', entry));
  const modules = new Set(paths);
  const options = inputOptions(root);
  const collect = {
    name: 'collect',
    buildEnd() {
      for (const id of modules) for (const imported of this.getModuleInfo(id)?.importedIds ?? []) modules.add(imported);
    },
  };
  const bundled = await rolldown({ ...options, input: paths, plugins: [...options.plugins, collect] });
  await bundled.generate({ format: 'esm' });
  await bundled.close();
  return (id) => modules.has(id);
}

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
 * Dependencies stay packages of their own. Built in are `mutative`, as a file without the wrapper that it has for CommonJS: its import takes longer than that of
 * everything else, and `update`, which is synchronous, cannot load it late in a way that bundlers understand; and commander, which every verb needs.
 */
async function write(root, input, { dir, format, extension }) {
  const bundled = await rolldown({ ...inputOptions(root), input });
  const { output } = await bundled.write({
    dir,
    format,
    sourcemap: true,
    minify: MINIFY,
    comments: { legal: true, annotation: true, jsdoc: false },
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `chunks/[name]-[hash].${extension}`,
    codeSplitting: { groups: await chunks(root) },
  });
  await bundled.close();
  return output.filter(({ type }) => type === 'chunk');
}

function inputOptions(root) {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = new Set(Object.keys({ ...dependencies, ...peerDependencies }));
  return {
    platform: 'node',
    plugins: [builtins(), ascii()],
    resolve: { alias: { mutative: join(root, 'node_modules', 'mutative', 'dist', 'mutative.esm.mjs') } },
    // Its errors in words, and no look into the environment at every access to a draft.
    transform: { define: { 'process.env.NODE_ENV': '"development"' } },
    external: (id) => packages.has(id) || packages.has(packageOf(id)),
    logLevel: 'warn',
    onLog: (_level, { message }) => {
      throw new Error(`rolldown: ${message}`);
    },
  };
}

/**
 * Writes all characters beyond ASCII as escapes. Only literals have any, and with one of them, such as an ellipsis, V8 keeps two bytes for each character of
 * the file, in each process that imports it.
 */
function ascii() {
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return {
    name: 'ascii',
    // After the minifier, which writes the characters themselves. Lines stay lines, so the source map holds.
    generateBundle(_options, bundled) {
      for (const file of Object.values(bundled)) {
        if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
      }
    },
  };
}

/** A chunk that names a file beside it must lie where that file is; binaries are compiled apart. */
function checkUrls(root, dist, chunks) {
  for (const { fileName, code } of chunks) {
    for (const [, path] of code.matchAll(/new URL\(\s*["'`]([^"'`]+)["'`],\s*import\.meta\.url/g)) {
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
