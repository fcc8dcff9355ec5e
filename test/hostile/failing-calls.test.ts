/** Each system call on the files of a region fails once: what it meant has a code, nothing that was acknowledged is lost, and nothing stays locked. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diskParent, KINDS, newDirectory, noDisk, scratchParent } from '../unit/region/kit.js';

interface Row {
  readonly call: string;
  readonly error: string;
  /** How many calls failed, each in a life of its own. */
  readonly failed: number;
  readonly wrong: string[];
}

/** `FAILING_CALLS_STRIDE=1` lets every call fail; the default leaves most of the thousand of the fallback out. */
const stride = process.env.FAILING_CALLS_STRIDE;
const run = promisify(execFile);
const noCompiler =
  spawnSync('cc', ['--version']).status === 0 && process.platform === 'linux'
    ? ''
    : ' (skipped: no C compiler on Linux)';

let built: string;
let shim: string;
beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'jsonmmap-shim-'));
  shim = join(built, 'failing-calls.so');
  if (noCompiler) return;
  await run('cc', [
    '-shared',
    '-fPIC',
    '-Wall',
    '-Werror',
    '-o',
    shim,
    join(import.meta.dirname, 'failing-calls.c'),
    '-ldl',
  ]);
});
afterAll(() => rmSync(built, { recursive: true }));

const CALLS = [
  'open64',
  'pread64',
  'pwrite64',
  'unlink',
  'rename',
  'link',
  'symlink',
  'readlink',
  'scandir64',
  'futimens',
];
const NATIVE_CALLS = [...CALLS, 'mmap64', 'fcntl', 'posix_fallocate64'];

it.skipIf(noCompiler).for([
  ...KINDS.map((kind) => ({
    kind,
    durability: 'none',
    parent: scratchParent,
    calls: kind === 'native' ? NATIVE_CALLS : CALLS,
  })),
  { kind: KINDS[0], durability: 'disk', parent: diskParent, calls: ['fsync', 'fdatasync'] },
])(
  `is told by a code, over $kind with durability $durability${noCompiler}`,
  { timeout: 600_000 },
  async ({ kind, durability, parent, calls }, { skip }) => {
    if (durability === 'disk') skip(noDisk !== '', noDisk);
    const dir = newDirectory(parent);
    const program = join(import.meta.dirname, '..', 'programs', 'failing-calls.mjs');
    const env = { ...process.env, JSONMMAP_SYSTEM: kind, LD_PRELOAD: shim, FAILING_CALLS_DIR: dir };
    const every = stride ?? (kind === 'native' && durability === 'none' ? '1' : '11');
    const { stdout } = await run(process.execPath, [program, dir, every, durability], { env });
    const rows = stdout
      .trim()
      .split('\n')
      .map((line): Row => JSON.parse(line));
    expect(rows.flatMap(({ call, error, wrong }) => wrong.map((finding) => `${call} ${error}, ${finding}`))).toEqual(
      [],
    );
    const failed = new Set(rows.filter((row) => row.failed > 0).map(({ call }) => call));
    expect(calls.filter((call) => !failed.has(call))).toEqual([]);
  },
);
