/** Something else stands where a file of a region should be: everybody gets a code, nobody waits, and nothing outside is touched. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, Follower, JsonMmapError, Master, Mmap, regions, remove } from '../../src/index.js';
import { noNative } from '../unit/region/kit.js';
import { NAME, region, scratch, squats, takePlace } from './squats.js';

const CODES = /^ERR_(REGION_(DENIED|CORRUPT|NOT_FOUND|LOCKED)|SYSTEM)$/;
const names = Object.keys(squats);

/** Runs `action`, which may only succeed or throw one of these codes. */
function code(action: () => unknown): string {
  try {
    action();
    return 'done';
  } catch (error) {
    if (!(error instanceof JsonMmapError) || !CODES.test(error.code)) throw error;
    return error.code;
  }
}

const open = (dir: string) => Master.open(NAME, { dir });
const follow = (dir: string) => Follower.open(NAME, { dir }).current;

describe.each(['h.ctl', 'h.1.seg'])('at the place of %s', (file) => {
  it.each(names)('%s is not followed, opened or written', (name) => {
    const dir = scratch();
    region(dir);
    const { unchanged } = takePlace(join(dir, file), squats[name]);
    expect(code(() => follow(dir))).not.toBe('done');
    expect(code(() => open(dir))).not.toBe('done');
    expect(code(() => check(NAME, { dir }).ok || undefined)).toMatch(/done|DENIED|SYSTEM/);
    expect(code(() => regions({ dir }))).toBe('done');
    expect(unchanged()).toBe(true);
    code(() => remove(NAME, { dir }));
    expect(unchanged()).toBe(true);
  });
});

describe.skipIf(noNative)(`at the place of the lock file${noNative}`, () => {
  it.each(names)('%s keeps masters out, and no follower', (name) => {
    const dir = scratch();
    region(dir);
    const { unchanged } = takePlace(join(dir, 'h.lock'), squats[name]);
    expect(follow(dir)).toMatchObject({ version: 2 });
    expect(code(() => open(dir))).not.toBe('done');
    expect(code(() => remove(NAME, { dir }))).not.toBe('done');
    expect(unchanged()).toBe(true);
    rmSync(join(dir, 'h.lock'), { recursive: true });
    expect(code(() => open(dir).close())).toBe('done');
  });
});

describe('at the place of the next segment', () => {
  it.each(names)('%s is replaced or refused, and what it leads to stays', (name) => {
    const dir = scratch();
    const { unchanged } = takePlace(join(dir, 'h.1.seg'), squats[name]);
    const outcome = code(() => region(dir));
    if (outcome === 'done') expect(follow(dir)).toMatchObject({ version: 2 });
    expect(unchanged()).toBe(true);
    if (name.includes('something')) expect(readFileSync(join(dir, 'h.1.seg', 'precious'), 'utf8')).toBe('precious');
  });
});

describe('at the place of the control socket', () => {
  it.each(names)('%s is replaced or refused, and what it leads to stays', async (name) => {
    const dir = scratch();
    region(dir);
    const socket = join(dir, 'h.sock');
    const { unchanged } = takePlace(socket, squats[name]);
    const outcome = code(() => {
      const master = Master.open(NAME, { dir, control: true });
      expect(master.set('/version', 3)).toBe(3);
      master.close();
    });
    expect(outcome).toBe(name.includes('directory') ? 'ERR_REGION_DENIED' : 'done');
    expect(code(() => open(dir).close())).toBe('done'); // without control it is in nobody's way
    expect(unchanged()).toBe(true);
  });

  it('the socket of another master stays when the one before it is closed', async () => {
    const dir = scratch();
    const control = { dir, control: true, initial: 1 };
    const before = Master.open(NAME, control);
    await listening(dir);
    remove(NAME, { dir, force: true });
    const after = Master.open(NAME, control);
    await listening(dir);
    before.close();
    expect(existsSync(join(dir, 'h.sock'))).toBe(true);
    after.close();
    expect(existsSync(join(dir, 'h.sock'))).toBe(false);
  });

  async function listening(dir: string): Promise<void> {
    while (!existsSync(join(dir, 'h.sock'))) await new Promise(setImmediate);
  }
});

describe('at the place of named memory', () => {
  it.each(names)('%s is not mapped', (name) => {
    const dir = scratch();
    process.env.JSONMMAP_DIR = dir;
    try {
      const { unchanged } = takePlace(join(dir, 'tag.mmap'), squats[name]);
      expect(code(() => new Mmap(-1, 4096, { tagname: 'tag' }))).not.toBe('done');
      expect(unchanged()).toBe(true);
      expect(existsSync(join(dir, 'nowhere'))).toBe(false);
    } finally {
      delete process.env.JSONMMAP_DIR;
    }
  });
});
