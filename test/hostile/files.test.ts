/** What the owner, or an accident, does to the files of a region: before they are opened, and while they are followed. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, Follower, Master } from '../../src/index.js';
import { startFollower, startMaster } from '../multiprocess/agents.js';
import { describeKinds, noNative } from '../unit/region/kit.js';
import { isRoot, NAME, needsRoot, region, scratch } from './squats.js';
import { until } from './until.js';

const STRANGER = 12_345;
const coded = (code: string) => expect.objectContaining({ code });
const open = (dir: string, name = NAME) => Master.open(name, { dir });
const follow = (dir: string, options = {}) => Follower.open(NAME, { dir, ...options });

/** Without kernel locks there is no lock file. */
const files = noNative ? ['h.ctl', 'h.1.seg'] : ['h.ctl', 'h.1.seg', 'h.lock'];

describe.each(files)('%s', (file) => {
  it.each([0o620, 0o602, 0o666, 0o777])('that others may write to is not trusted: mode %o', (mode) => {
    const dir = scratch();
    region(dir);
    chmodSync(join(dir, file), mode);
    expect(() => open(dir)).toThrow(coded('ERR_REGION_DENIED'));
    if (file === 'h.lock') expect(follow(dir).current).toMatchObject({ version: 2 });
    else expect(() => follow(dir)).toThrow(coded('ERR_REGION_DENIED'));
  });

  it.skipIf(!isRoot)(`of another user is not trusted${needsRoot}`, () => {
    const dir = scratch();
    region(dir);
    chownSync(join(dir, file), STRANGER, STRANGER);
    expect(() => open(dir)).toThrow(coded('ERR_REGION_DENIED'));
    if (file === 'h.lock') return;
    expect(() => follow(dir)).toThrow(coded('ERR_REGION_DENIED'));
    expect(check(NAME, { dir })).toMatchObject({ ok: false });
    expect(follow(dir, { owner: STRANGER }).current).toMatchObject({ version: 2 });
  });
});

describe('hard links', () => {
  it('to the files of a region give it no second master', () => {
    const dir = scratch();
    region(dir);
    const master = open(dir);
    for (const suffix of ['ctl', '1.seg']) linkSync(join(dir, `h.${suffix}`), join(dir, `alias.${suffix}`));
    expect(() => open(dir, 'alias')).toThrow(coded('ERR_REGION_LOCKED'));
    expect(master.set('/version', 3)).toBe(3);
    expect(Follower.open('alias', { dir }).current).toMatchObject({ version: 3 });
    master.close();
  });

  it('to the control file alone are no region', () => {
    const dir = scratch();
    region(dir);
    linkSync(join(dir, 'h.ctl'), join(dir, 'alias.ctl'));
    expect(() => Follower.open('alias', { dir })).toThrow(coded('ERR_REGION_CORRUPT'));
    expect(() => open(dir, 'alias')).toThrow(coded('ERR_REGION_CORRUPT'));
    expect(follow(dir).current).toMatchObject({ version: 2 });
  });

  it('to a file outside are not written through when the name is given to a fresh file', () => {
    const dir = scratch();
    const outside = join(dir, 'outside');
    writeFileSync(outside, 'must stay', { mode: 0o600 });
    linkSync(outside, join(dir, 'h.1.seg'));
    region(dir);
    expect(readFileSync(outside, 'utf8')).toBe('must stay');
    expect(statSync(outside).nlink).toBe(1);
  });
});

describeKinds('while they are followed', (kind) => {
  it('a control file that another takes the place of is noticed, and the other followed', async () => {
    const dir = scratch();
    region(dir);
    region(dir, 'other');
    const follower = startFollower(kind);
    await follower.call('open', NAME, { dir });
    await follower.call('listen');
    for (const suffix of ['1.seg', 'ctl']) renameSync(join(dir, `other.${suffix}`), join(dir, `h.${suffix}`));
    await until(() => follower.told.some(({ event }) => event === 'removed'));
    const master = startMaster(kind);
    await master.call('open', NAME, { dir });
    await master.call('set', '/version', 3);
    await until(async () => ((await follower.call('current')) as { version: number }).version === 3);
  });

  it('a master whose control file was replaced publishes nothing more', async () => {
    const dir = scratch();
    const master = startMaster(kind);
    await master.call('open', NAME, { dir, initial: { version: 1 } });
    copyFileSync(join(dir, 'h.ctl'), join(dir, 'copy'));
    renameSync(join(dir, 'copy'), join(dir, 'h.ctl'));
    await expect(
      until(async () => {
        await master.call('set', '/version', Math.random());
        return false;
      }),
    ).rejects.toMatchObject({ code: 'ERR_FENCED' });
  });

  it('a segment that is gone, or has lost what no version needs, is read on', async () => {
    const dir = scratch();
    region(dir);
    const follower = startFollower(kind);
    await follower.call('open', NAME, { dir });
    const segment = join(dir, 'h.1.seg');
    truncateSync(segment, 4096); // the version ends before
    expect(await follower.call('current')).toMatchObject({ version: 2 });
    expect(check(NAME, { dir })).toMatchObject({ ok: true });
    rmSync(segment);
    expect(await follower.call('get', '/list/2')).toBe(3);
    expect(() => follow(dir)).toThrow(coded('ERR_REGION_CORRUPT'));
    expect(() => open(dir)).toThrow(coded('ERR_REGION_CORRUPT'));
    expect(existsSync(join(dir, 'h.ctl'))).toBe(true);
  });
});

describe('over system calls', () => {
  it('a file that is cut to nothing under its follower ends no process', async () => {
    const dir = scratch();
    region(dir);
    const follower = startFollower('syscalls');
    await follower.call('open', NAME, { dir });
    for (const file of ['h.1.seg', 'h.ctl']) truncateSync(join(dir, file), 0);
    expect(await follower.call('current')).toMatchObject({ version: 2 });
    expect(await follower.call('version')).toBe(2);
    await expect(follower.call('history')).resolves.toBeInstanceOf(Array);
  });
});

describe.skipIf(noNative)(`over mappings${noNative}`, () => {
  it('a segment cut short is found when it is opened, whoever did it, and never touched behind its end', () => {
    const dir = scratch();
    region(dir);
    const segment = join(dir, 'h.1.seg');
    for (const size of [4096, 80, 64, 63, 0]) {
      truncateSync(segment, size);
      if (size === 4096) expect(follow(dir).current).toMatchObject({ version: 2 });
      else expect(() => follow(dir)).toThrow(coded('ERR_REGION_CORRUPT'));
    }
  });
});
