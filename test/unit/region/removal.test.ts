/** Taking regions away, listing them, and finding what is wrong with their files. */
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { closeControl, openControl } from '../../../src/region/control/control-file.js';
import { checksum } from '../../../src/region/files/checksum.js';
import { REMOVER } from '../../../src/region/files/layout.js';
import type { RegionWriter } from '../../../src/region/writer.js';
import { mmapSystem } from '../../../src/system/system.js';
import { append, isWhole, publishIn } from '../../programs/region-payload.mjs';
import { start } from './children.js';
import { describeKinds, KINDS, loadRegions, newDirectory, type Regions } from './kit.js';

describeKinds('regions in a directory', (kind) => {
  let regions: Regions;
  let dir: string;
  beforeAll(async () => {
    regions = await loadRegions(kind);
  });
  beforeEach(() => {
    dir = newDirectory();
  });

  const open = (name = 'r', options = {}): RegionWriter => regions.RegionWriter.open(name, { dir, ...options });
  const publish = (writer: RegionWriter) => {
    const version = (writer.commit?.version ?? 0) + 1;
    return publishIn(writer, writer.segment, append(writer.segment, version));
  };
  const code = (value: string) => expect.objectContaining({ code: value });

  it('are listed with what they have', () => {
    expect(regions.regions({ dir })).toEqual([]);
    const first = open('b.1');
    publish(first);
    publish(first);
    open('a').close();
    writeFileSync(join(dir, 'broken.ctl'), 'nonsense');
    writeFileSync(join(dir, '-no-name.ctl'), 'somebody else’s');
    const list = regions.regions({ dir });
    expect(list).toMatchObject([
      { name: 'a', version: 0, masterPid: undefined, masterAlive: false },
      { name: 'b.1', version: 2, committedAt: first.commit?.committedAt, masterPid: process.pid, masterAlive: true },
      { name: 'broken', version: 0, error: 'ERR_REGION_CORRUPT' },
    ]);
    expect(list[1].sizeBytes).toBeGreaterThan(first.usedBytes);
    expect(list[0]).not.toHaveProperty('error');
    first.close();
  });

  it('are removed with all their files, and no other’s', () => {
    for (const name of ['r', 'r.1', 'r.lock']) {
      const writer = open(name, { history: 2 });
      publish(writer);
      const fresh = writer.beginSegment();
      publishIn(writer, fresh, append(fresh, 2));
      writer.close();
    }
    writeFileSync(join(dir, 'r.0123456789abcdef.tmp'), '');
    writeFileSync(join(dir, 'r.notes.txt'), '');
    regions.remove('r', { dir });
    expect(readdirSync(dir).filter((file) => !/^r\.(1|lock)\./.test(file))).toEqual(['r.notes.txt']);
    for (const name of ['r.1', 'r.lock']) expect(regions.inspect(name, { dir }).findings).toEqual([]);
    expect(() => regions.remove('r', { dir })).toThrow(code('ERR_REGION_NOT_FOUND'));
  });

  it.each(KINDS)('are not removed under a master over %s, but by force, which fences it off', async (other) => {
    const child = start(other, 'region-publisher.mjs', dir, 'r');
    await child.line();
    const reader = regions.RegionReader.open('r', { dir });
    const held = reader.acquire()!;
    const locked = expect.objectContaining({ code: 'ERR_REGION_LOCKED', pid: child.pid });
    expect(() => regions.remove('r', { dir })).toThrow(locked);
    expect(reader.status()).toMatchObject({ masterAlive: true, removed: false });
    process.kill(child.pid, 'SIGSTOP');
    regions.remove('r', { dir, force: true });
    expect(readdirSync(dir)).toEqual([]);
    expect(reader.status().removed).toBe(true);
    expect(isWhole(held)).toBe(true);
    const next = open();
    expect(publish(next).version).toBe(1);
    next.close();
    reader.close();
    await child.kill();
    expect(regions.inspect('r', { dir }).findings).toEqual([]);
  });

  it('fence off a master that goes on after its removal', () => {
    const writer = open();
    publish(writer);
    regions.remove('r', { dir, force: true });
    expect(() => publish(writer)).toThrow(code('ERR_FENCED'));
    const next = open();
    publish(next);
    writer.close();
    expect(regions.regions({ dir })).toMatchObject([{ name: 'r', version: 1, masterAlive: true }]);
    publish(next);
    next.close();
  });

  it('that were half removed are gone for followers, and made anew by a master', () => {
    const writer = open();
    publish(writer);
    writer.close();
    regions.setFailpointHook((step) => {
      if (step === 'removal:segment') throw new Error('stopped here');
    });
    expect(() => regions.remove('r', { dir })).toThrow('stopped here');
    regions.setFailpointHook(undefined);
    expect(existsSync(join(dir, 'r.ctl'))).toBe(true);
    expect(() => regions.RegionReader.open('r', { dir })).toThrow(code('ERR_REGION_NOT_FOUND'));
    expect(regions.regions({ dir })).toEqual([]);
    expect(regions.inspect('r', { dir }).findings).toMatchObject([{ severity: 'leftover', path: join(dir, 'r.ctl') }]);
    const next = open();
    expect(publish(next).version).toBe(1);
    next.close();
    expect(regions.inspect('r', { dir }).findings).toEqual([]);
  });

  it('are left to a remover who is at it, whatever lock a newcomer has', () => {
    open().close();
    const opened = openControl(mmapSystem(), join(dir, 'r.ctl'), 'write')!;
    opened.control.state.claim({ pid: process.ppid, startTime: 0, lockKind: REMOVER, namespace: 0 });
    opened.control.state.markRemoved();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'ERR_REGION_LOCKED', pid: process.ppid }));
    expect(existsSync(join(dir, 'r.1.seg'))).toBe(true);
    opened.control.state.claim({ pid: 999_999_999, startTime: 0, lockKind: REMOVER, namespace: 0 });
    closeControl(opened);
    open().close();
    expect(regions.inspect('r', { dir }).findings).toEqual([]);
  });

  it('are found sound, living and closed, before and after their first version', () => {
    const sound = () => expect(regions.inspect('r', { dir }).findings).toEqual([]);
    const writer = open('r', { history: 2 });
    sound();
    publish(writer);
    sound();
    const fresh = writer.beginSegment();
    sound();
    publishIn(writer, fresh, append(fresh, 2));
    sound();
    expect(regions.inspect('r', { dir }).commits.map(({ version }) => version)).toEqual([2, 1]);
    writer.close();
    sound();
    open('empty').close();
    expect(regions.inspect('empty', { dir })).toEqual({ findings: [], commits: [] });
    expect(() => regions.inspect('none', { dir })).toThrow(code('ERR_REGION_NOT_FOUND'));
  });

  it('show what dead masters left behind, until the next one takes it away', () => {
    const writer = open();
    publish(writer);
    writer.close();
    const leave = (file: string) => writeFileSync(join(dir, file), readFileSync(join(dir, 'r.1.seg')), { mode: 0o600 });
    leave('r.2.seg');
    leave('r.0123456789abcdef.tmp');
    symlinkSync('999999999:1', join(dir, 'r.lock.7'));
    const { findings } = regions.inspect('r', { dir });
    expect(findings.map(({ severity, path }) => [severity, path.slice(dir.length + 1)]).sort()).toEqual([
      ['leftover', 'r.0123456789abcdef.tmp'],
      ['leftover', 'r.2.seg'],
      ['leftover', 'r.lock.7'],
    ]);
    open().close();
    expect(regions.inspect('r', { dir }).findings).toEqual([]);
  });

  it('show node ids that meet, modes that differ, and versions that go back', () => {
    const writer = open('r', { history: 3 });
    publish(writer);
    const fresh = writer.beginSegment();
    publishIn(writer, fresh, append(fresh, 2));
    const commit = publish(writer);
    writer.close();
    const messages = () => regions.inspect('r', { dir }).findings.map(({ message }) => message);

    const file = readFileSync(join(dir, 'r.1.seg'));
    const header = new Int32Array(file.buffer, file.byteOffset, 16);
    file.writeDoubleLE(1e6, 40);
    header[15] = checksum(header, 15, 0);
    writeFileSync(join(dir, 'r.1.seg'), file);
    expect(messages()).toEqual([expect.stringContaining('node ids')]);

    chmodSync(join(dir, 'r.1.seg'), 0o644);
    expect(messages()).toEqual([expect.stringContaining('mode'), expect.stringContaining('node ids')]);

    const { control, fd } = openControl(mmapSystem(), join(dir, 'r.ctl'), 'write')!;
    control.ring.publish({ ...commit, version: 4, watermark: 64, freshBytes: 64 });
    closeControl({ control, fd });
    expect(messages()).toContainEqual(expect.stringContaining('version 4 ends before version 3'));
  });
});
