/** What compilers say of the declarations, with every file of them checked: each version that is promised, in each way to find a module. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from './checkout.js';
import { installInto } from './installed.js';

const root = dirname(dirname(import.meta.dirname));

/** Packages of this checkout: the oldest compiler that is promised, one before typed arrays were generic, and our own. */
const COMPILERS = ['typescript-5.4', 'typescript-5.6', 'typescript'];

/** How a project finds modules, and which files of it ask: the extension says whether as CommonJS or as an ES module. */
const PROJECTS = [
  { name: 'node10', files: ['program.ts'], module: 'commonjs' },
  { name: 'node16', files: ['program.cts', 'program.mts'], module: 'node16' },
  { name: 'bundler', files: ['program.ts'], module: 'esnext' },
];

const PROGRAM = `
import { Follower, JsonMmapError, Master, type Status } from 'jsonmmap';
import { Follower as OnlyFollower } from 'jsonmmap/follower';
import { type OpenTelemetryMeter, observeOpenTelemetry } from 'jsonmmap/metrics';
import { Mmap } from 'jsonmmap/mmap';

interface Config { flags: { beta?: boolean }; hosts: string[] }

const master = Master.open<Config>('types', { initial: { flags: {}, hosts: [] } });
const version: number = master.set('/flags/beta', true);
master.update((draft) => { draft.hosts.push('a'); });
const follower: OnlyFollower<Config> = Follower.open<Config>('types');
const hosts: readonly string[] = follower.current.hosts;
follower.on('change', ({ version, patch }) => console.log(version, patch.length));
const system: Status['system'] = follower.status().system;
const text: Buffer = new Mmap(-1, 100).read();
export function isOurs(error: unknown): error is JsonMmapError { return error instanceof JsonMmapError; }
console.log(version, hosts, system, text);
export function observe(meter: OpenTelemetryMeter): () => void { return observeOpenTelemetry(meter, { masters: [master], followers: [() => follower] }); }
// @ts-expect-error a path is a pointer or its tokens: this is no untyped import
master.set(7, true);
`;

describe.each(COMPILERS)('the declarations, with %s', (compiler) => {
  let project: string;

  beforeAll(() => {
    project = temporaryDirectory();
    installInto(project, '@types/node', 'undici-types');
  });

  afterAll(() => rmSync(project, { recursive: true }));

  it.each(PROJECTS)('compile with the module resolution $name', (resolution) => {
    if (resolution.name === 'node10' && compiler === 'typescript') {
      expect(compile(resolution)).toContain("Option 'moduleResolution=node10' has been removed");
    } else {
      expect(compile(resolution)).toBe('');
    }
  });

  function compile({ name, files, module }: (typeof PROJECTS)[number]): string {
    const folder = join(project, name);
    const compilerOptions = {
      // `types: []` is what TypeScript 6 and newer take by default: the declarations must name those of Node themselves.
      ...{ module, moduleResolution: name, target: 'es2022', lib: ['es2022'], types: [] },
      ...{ strict: true, skipLibCheck: false, noEmit: true },
    };
    mkdirSync(folder);
    for (const file of files) writeFileSync(join(folder, file), PROGRAM);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const tsc = join(root, 'node_modules', compiler, 'bin', 'tsc');
    return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
  }
});
