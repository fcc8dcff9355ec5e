/** Programs that contain the package: made by each bundler, and run where neither it nor any other package is installed. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noNative } from '../unit/region/kit.js';
import { type Bundler, bundlers, type OutputFormat } from './bundlers.js';
import { temporaryDirectory } from './checkout.js';
import { installInto } from './installed.js';

const BODY = `
const dir = process.argv[2];
const master = Master.open('bundle', { dir, initial: { beta: false } });
master.update((draft) => { draft.beta = true; });
const follower = Follower.open('bundle', { dir });
let code;
try { master.set('/beta/x', 1); } catch (error) { code = error instanceof JsonMmapError && error.code; }
console.log(JSON.stringify([follower.current, follower.status().system, new Mmap(-1, 100).length, code, Same === Follower, prometheusText({ masters: [master] }).includes('jsonmmap_version')]));
follower.close();
master.close();
`;

const PROGRAMS = {
  mjs: `import { Follower, JsonMmapError, Master } from 'jsonmmap';\nimport { Follower as Same } from 'jsonmmap/follower';\nimport { prometheusText } from 'jsonmmap/metrics';\nimport { Mmap } from 'jsonmmap/mmap';\n${BODY}`,
  cjs: `const { Follower, JsonMmapError, Master } = require('jsonmmap');\nconst { Follower: Same } = require('jsonmmap/follower');\nconst { prometheusText } = require('jsonmmap/metrics');\nconst { Mmap } = require('jsonmmap/mmap');\n${BODY}`,
};

const FORMATS: readonly OutputFormat[] = ['esm', 'cjs'];

let directory: string;
let project: string;

beforeAll(() => {
  directory = temporaryDirectory();
  project = join(directory, 'project');
  mkdirSync(project);
  installInto(project);
  for (const [extension, text] of Object.entries(PROGRAMS)) writeFileSync(join(project, `program.${extension}`), text);
});

afterAll(() => rmSync(directory, { recursive: true }));

let bundles = 0;

/** Bundles the program in the project, and returns the folder of the bundle. */
async function bundled(
  { name, bundle }: Bundler,
  format: OutputFormat,
  source: keyof typeof PROGRAMS,
): Promise<string> {
  const folder = join(project, `${name}-${bundles++}`);
  await bundle(join(project, `program.${source}`), folder, format);
  return folder;
}

/** Moves a bundle to where no package is installed. */
function away(folder: string): string {
  const moved = folder.replace(project, directory);
  renameSync(folder, moved);
  return moved;
}

/** Runs a bundle without the project that it was made in: what was found there would not be found by users. */
function run(folder: string, format: OutputFormat) {
  const hidden = join(directory, 'hidden');
  const isAway = !folder.startsWith(project);
  if (isAway) renameSync(project, hidden);
  const program = join(folder, format === 'esm' ? 'main.mjs' : 'main.cjs');
  const args = [program, join(directory, 'regions')];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: directory,
    env: { ...process.env, JSONMMAP_SYSTEM: undefined, NODE_V8_COVERAGE: undefined },
    encoding: 'utf8',
  });
  if (isAway) renameSync(hidden, project);
  return { printed: stdout, warned: stderr };
}

const printed = (system: string): string =>
  `${JSON.stringify([{ beta: true }, system, 100, 'ERR_PATH_NOT_FOUND', true, true])}\n`;

describe.skipIf(noNative).each(bundlers)(`a bundle by $name${noNative}`, (bundler) => {
  const sources = bundler.takesCommonJs ? (['mjs', 'cjs'] as const) : (['mjs'] as const);

  it.each(FORMATS.flatMap((format) => sources.map((source) => ({ format, source }))))(
    'as $format, of a .$source file, runs anywhere with the addon beside it',
    async ({ format, source }) => {
      const folder = away(await bundled(bundler, format, source));
      if (!bundler.copiesAddon)
        cpSync(join(project, 'node_modules', 'jsonmmap', 'prebuilds'), join(folder, 'prebuilds'), { recursive: true });
      expect(run(folder, format)).toEqual({ printed: printed('native'), warned: '' });
    },
  );
});

describe.skipIf(noNative)(`a bundle without the addon beside it${noNative}`, () => {
  const [esbuild] = bundlers;

  it.each(FORMATS)('finds the one that is installed, as %s', async (format) => {
    expect(run(await bundled(esbuild, format, 'mjs'), format)).toEqual({ printed: printed('native'), warned: '' });
  });

  it.each(FORMATS)('works over system calls elsewhere, and says so once, as %s', async (format) => {
    const result = run(away(await bundled(esbuild, format, 'mjs')), format);
    expect(result.printed).toBe(printed('syscalls'));
    expect(
      result.warned.match(/\[JSONMMAP_FALLBACK\] JsonMmapWarning: the native addon cannot be loaded/g),
    ).toHaveLength(1);
  });
});
