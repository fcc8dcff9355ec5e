import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyCheckout, isInstalled, pathWithNodeOnly, temporaryDirectory } from './checkout.js';

const binary = join('prebuilds', `${process.platform}-${process.arch}`, 'mmap.node');
const lacking = isInstalled('cc') ? '' : ' (needs cc)';

describe('the set-up step in a fresh checkout', () => {
  let directory: string;
  let checkout: string;

  beforeEach(() => {
    directory = temporaryDirectory();
    checkout = join(directory, 'checkout');
    copyCheckout(checkout);
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function setup(environment: NodeJS.ProcessEnv = {}): string[] {
    const env = { ...process.env, JSONMMAP_SYSTEM: undefined, ...environment };
    const { status, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], {
      cwd: checkout,
      env,
      encoding: 'utf8',
    });
    expect(stderr.split('\n').filter((line) => !line.startsWith('setup: '))).toEqual(['']);
    expect(status).toBe(0);
    return stderr.trimEnd().split('\n').filter(Boolean);
  }

  it.skipIf(lacking)(`builds what is missing, then finds nothing to do${lacking}`, () => {
    expect(setup()).toEqual([expect.stringContaining('compiling native/'), expect.stringContaining('building src/')]);
    expect(existsSync(join(checkout, binary))).toBe(true);
    expect(existsSync(join(checkout, 'dist', 'index.js'))).toBe(true);
    expect(setup()).toEqual([]);
  });

  it.skipIf(lacking)(`builds again what is older than its source${lacking}`, () => {
    setup();
    const later = Date.now() / 1000 + 60;
    utimesSync(join(checkout, 'native', 'mmap.c'), later, later);
    expect(setup()).toEqual([expect.stringContaining('compiling native/')]);
  });

  it('goes on without a compiler, and says so in one line', () => {
    const env = { PATH: pathWithNodeOnly(join(directory, 'bin')), CC: '' };
    const line = 'setup: no C compiler found: using the fallback over system calls, which is slower';
    expect(setup(env)).toEqual([line, expect.stringContaining('building src/')]);
    expect(existsSync(join(checkout, binary))).toBe(false);
    expect(setup(env)).toEqual([line]);
  });
});
