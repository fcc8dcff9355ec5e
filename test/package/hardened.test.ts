/** A Node that is started with less than usual: intrinsics that are frozen, no generated code, no addons, permissions. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { noNative } from '../unit/region/kit.js';
import { temporaryDirectory } from './checkout.js';

const root = dirname(dirname(import.meta.dirname));
const PROGRAMS = join(root, 'test', 'programs');

let dir: string;

beforeAll(() => {
  dir = temporaryDirectory();
});

afterAll(() => rmSync(dir, { recursive: true }));

function run(options: string[], program: string, environment: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...options, join(PROGRAMS, program), join(dir, 'regions')],
    {
      cwd: root,
      env: { ...process.env, JSONMMAP_SYSTEM: undefined, NODE_V8_COVERAGE: undefined, ...environment },
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  return { status, stdout, stderr };
}

describe('everything works as in a Node without options', () => {
  let usual: string;

  beforeAll(() => {
    usual = run([], 'hardened-master.mjs').stdout;
  });

  it('which is', () => {
    const [patch, [current, last, ok, count], [memory, refused], readOnly] = usual
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(patch).toHaveLength(2);
    expect(Object.entries(current.awkward)).toEqual(
      Object.entries(
        JSON.parse('{"constructor":1,"toString":{"valueOf":3},"__proto__":3,"hasOwnProperty":true,"isPrototypeOf":4}'),
      ),
    );
    expect([last, ok, count, memory]).toEqual([{ i: -1 }, true, 1, 'hello']);
    expect([refused, readOnly]).toEqual([
      ['JsonMmapError', 'ERR_PATH_NOT_FOUND', true, false],
      ['JsonMmapTypeError', 'ERR_READ_ONLY', false, true],
    ]);
  });

  it.each([
    '--frozen-intrinsics',
    `--require=${join(PROGRAMS, 'freeze.cjs')}`,
    '--jitless',
    '--disallow-code-generation-from-strings',
    '--disable-proto=throw',
    '--disable-proto=delete',
    '--no-addons',
  ])('with %s', (option) => {
    expect(run([option], 'hardened-master.mjs')).toMatchObject({ stdout: usual, status: 0 });
  });
});

/** Its name before Node 22.13, and since. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

describe.skipIf(noNative)(`under the permission model${noNative}`, () => {
  let master: Master;

  beforeAll(() => {
    master = Master.open('allowed', { dir: join(dir, 'regions'), initial: { n: 1 } });
  });

  afterAll(() => master.close());

  const outcomes = (...options: string[]) => {
    const { stdout, stderr } = run([PERMISSION, `--allow-fs-read=${root}/`, ...options], 'hardened-follower.mjs');
    expect(stdout, stderr).not.toBe('');
    return { outcomes: JSON.parse(stdout), stderr };
  };
  const reading = () => `--allow-fs-read=${dir}/`;
  const followed = { current: { n: 1 }, masterAlive: true, regions: 1, ok: true };
  const refused = (what: string) => [
    true,
    'ERR_REGION_DENIED',
    expect.stringMatching(
      new RegExp(`^could not ${what}.*the permission model of Node forbids it; docs/LIMITS.md says what to allow$`),
    ),
  ];

  it('a follower wants to read the directory and to load the addon', () => {
    const {
      outcomes: [follow, lead],
    } = outcomes(reading(), '--allow-addons');
    expect(follow).toEqual({ ...followed, system: 'native', watching: 'futex' });
    expect(lead).toEqual(refused('open DIR/another.lock'));
  });

  it('without the addon it works over system calls, and says so', () => {
    const {
      outcomes: [follow],
      stderr,
    } = outcomes(reading());
    expect(follow).toEqual({ ...followed, system: 'syscalls', watching: 'watch' });
    expect(stderr).toContain('JSONMMAP_FALLBACK');
  });

  it('without the directory it is refused with a code', () => {
    const {
      outcomes: [follow, lead],
    } = outcomes('--allow-addons');
    expect([follow, lead]).toEqual([refused('look for the directory DIR'), refused('create the directory DIR')]);
  });
});
