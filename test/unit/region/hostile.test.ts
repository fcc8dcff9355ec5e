/** Files that no master of ours left: damaged, truncated, foreign, squatted. Each has its code, and nobody hangs or crashes. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checksum } from '../../../src/region/files/checksum.js';
import type { RegionReader } from '../../../src/region/reader.js';
import { append, isWhole, publishIn } from '../../programs/region-payload.mjs';
import { describeKinds, loadRegions, newDirectory, noNative, numbers, type Regions } from './kit.js';

const OTHER_USER = 12_345;
const isRoot = process.getuid?.() === 0;

describeKinds('hostile files', (kind) => {
  let regions: Regions;
  let dir: string;
  let control: string;
  let segment: string;
  beforeAll(async () => {
    regions = await loadRegions(kind);
  });
  beforeEach(() => {
    dir = newDirectory();
    control = join(dir, 'h.ctl');
    segment = join(dir, 'h.1.seg');
    const writer = openWriter();
    for (let version = 1; version <= 3; version++) publishIn(writer, writer.segment, append(writer.segment, version));
    writer.close();
  });

  const openWriter = () => regions.RegionWriter.open('h', { dir });
  const openReader = (options = {}): RegionReader => regions.RegionReader.open('h', { dir, ...options });
  const read = () => openReader().acquire();
  const code = (value: string) => expect.objectContaining({ code: value });

  /** Changes bytes of a file, and makes the checksum of its header right again if asked to. */
  function patch(path: string, at: number, bytes: ArrayLike<number>, fixChecksum = false): void {
    const file = readFileSync(path);
    file.set(bytes, at);
    const header = new Int32Array(file.buffer, file.byteOffset, 16);
    if (fixChecksum) header[15] = checksum(header, 15, 0);
    writeFileSync(path, file);
  }

  const u32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);

  it('a segment that somebody has made longer, by no whole number of words, is left for the next one', () => {
    const writer = openWriter();
    const reader = openReader();
    const held = reader.acquire();
    truncateSync(segment, 4 * 2 ** 20 + 1);
    const fresh = writer.beginSegment();
    publishIn(writer, fresh, append(fresh, 4));
    expect(reader.acquire()?.commit).toMatchObject({ version: 4, segment: 2 });
    expect(held && isWhole(held)).toBe(true);
    writer.close();
    reader.close();
  });

  it.each([
    ['no magic', 0, [0x58], false, 'ERR_REGION_CORRUPT'],
    ['the magic of a segment', 0, Buffer.from('jsonmseg'), true, 'ERR_REGION_CORRUPT'],
    ['a newer format', 8, u32(2), true, 'ERR_REGION_FORMAT'],
    ['another byte order', 12, [1, 2, 3, 4], true, 'ERR_REGION_FORMAT'],
    ['a wrong checksum', 60, [1, 1, 1, 1], false, 'ERR_REGION_CORRUPT'],
    ['a ring of 0', 24, u32(0), true, 'ERR_REGION_CORRUPT'],
    ['a ring of 100', 24, u32(100), true, 'ERR_REGION_CORRUPT'],
    ['a ring larger than the file', 24, u32(65536), true, 'ERR_REGION_CORRUPT'],
    ['a ring larger than any', 24, u32(2 ** 31), true, 'ERR_REGION_CORRUPT'],
  ])('control file with %s', (_, at, bytes, fixChecksum, expected) => {
    patch(control, at, bytes, fixChecksum);
    expect(() => openReader()).toThrow(code(expected));
    expect(() => openWriter()).toThrow(code(expected));
    expect(regions.inspect('h', { dir }).findings).toMatchObject([{ severity: 'error', path: control }]);
    expect(regions.regions({ dir })).toMatchObject([{ name: 'h', error: expected }]);
    regions.remove('h', { dir });
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each([0, 1, 63, 64, 4095, 4096, 20_479])('control file cut to %i bytes', (bytes) => {
    truncateSync(control, bytes);
    expect(() => openReader()).toThrow(code('ERR_REGION_CORRUPT'));
    expect(() => openWriter()).toThrow(code('ERR_REGION_CORRUPT'));
  });

  it.each([
    ['no magic', 0, [0x58], false, 'ERR_REGION_CORRUPT'],
    ['a newer format', 8, u32(2), true, 'ERR_REGION_FORMAT'],
    ['another number', 24, u32(7), true, 'ERR_REGION_CORRUPT'],
    ['a node id base that is no number', 40, [0, 0, 0, 0, 0, 0, 0xf8, 0x7f], true, 'ERR_REGION_CORRUPT'],
    ['a wrong checksum', 60, [1, 1, 1, 1], false, 'ERR_REGION_CORRUPT'],
    ['another instance', 16, u32(7), true, 'ERR_REGION_CORRUPT'],
  ])('segment with %s', (_, at, bytes, fixChecksum, expected) => {
    patch(segment, at, bytes, fixChecksum);
    expect(read).toThrow(code(expected));
    expect(() => openWriter()).toThrow(code(expected));
    expect(regions.inspect('h', { dir }).findings).toContainEqual(
      expect.objectContaining({ severity: 'error', path: segment }),
    );
  });

  it('segment that ends below the watermark, or is not there', () => {
    for (const damage of [() => truncateSync(segment, 64), () => truncateSync(segment, 0), () => rmSync(segment)]) {
      damage();
      expect(read).toThrow(code('ERR_REGION_CORRUPT'));
      expect(() => openWriter()).toThrow(code('ERR_REGION_CORRUPT'));
      expect(regions.inspect('h', { dir }).findings).toMatchObject([{ severity: 'error', path: segment }]);
    }
  });

  const seed = Date.now() % 2 ** 31;
  it(`control files of random bytes behind a sound header, seed ${seed}`, () => {
    const sound = readFileSync(control);
    const random = numbers(seed);
    for (let i = 0; i < 200; i++) {
      const noise = Buffer.from(sound);
      for (let at = 64; at < noise.length; at += 1 + (random() % 64)) noise[at] = random();
      writeFileSync(control, noise);
      const reader = expectCodedOrValue(() => openReader(), ['ERR_REGION_NOT_FOUND', 'ERR_REGION_CORRUPT']);
      if (reader === undefined) continue;
      expectCodedOrValue(() => reader.acquire(), ['ERR_REGION_CORRUPT', 'ERR_REGION_NOT_FOUND']);
      expectCodedOrValue(() => reader.history(), ['ERR_REGION_CORRUPT']);
      expectCodedOrValue(() => reader.status(), ['ERR_REGION_CORRUPT']);
      expectCodedOrValue(() => regions.inspect('h', { dir }), ['ERR_REGION_NOT_FOUND']);
      reader.close();
    }
  });

  it('a symbolic link, a directory or a FIFO where a file should be', () => {
    const aside = join(dir, 'aside');
    for (const path of [control, segment]) {
      renameSync(path, aside);
      for (const squat of [
        () => symlinkSync(aside, path),
        () => mkdirSync(path),
        () => execFileSync('mkfifo', ['-m', '600', path]),
      ]) {
        squat();
        expect(read).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_(REGION_DENIED|SYSTEM)$/) }));
        rmSync(path, { recursive: true });
      }
      renameSync(aside, path);
    }
    expect(isWhole(read()!)).toBe(true);
  });

  it('files that others may write to', () => {
    for (const path of [control, segment]) {
      for (const mode of [0o620, 0o602]) {
        chmodSync(path, mode);
        expect(read).toThrow(code('ERR_REGION_DENIED'));
      }
      chmodSync(path, 0o600);
    }
    expect(isWhole(read()!)).toBe(true);
  });

  it.skipIf(!isRoot)(`files of another user${isRoot ? '' : ' (skipped: only root can make them)'}`, () => {
    for (const path of [control, segment]) {
      chownSync(path, OTHER_USER, OTHER_USER);
      expect(read).toThrow(code('ERR_REGION_DENIED'));
      expect(isWhole(openReader({ owner: OTHER_USER }).acquire()!)).toBe(true);
      expect(() => openWriter()).toThrow(code('ERR_REGION_DENIED'));
      chownSync(path, 0, 0);
    }
  });

  it('a segment of another region under our name is not read', () => {
    const other = regions.RegionWriter.open('other', { dir });
    publishIn(other, other.segment, append(other.segment, 1, 2000));
    copyFileSync(join(dir, 'other.1.seg'), segment);
    other.close();
    expect(read).toThrow(code('ERR_REGION_CORRUPT'));
  });

  it('a name that is none makes nothing and opens nothing', () => {
    for (const name of ['', '.', '..', 'a/b', 'a\0b', '-a', 'a'.repeat(101), 7 as unknown as string]) {
      for (const open of [regions.RegionWriter.open, regions.RegionReader.open, regions.remove, regions.inspect]) {
        expect(() => open(name, { dir })).toThrow(code('ERR_INVALID_NAME'));
      }
    }
    expect(readdirSync(dir).filter((file) => !file.startsWith('h.'))).toEqual([]);
  });

  it('a directory that does not exist is not made by looking into it', () => {
    const missing = join(dir, 'missing');
    expect(() => regions.RegionReader.open('h', { dir: missing })).toThrow(code('ERR_REGION_NOT_FOUND'));
    expect(() => regions.remove('h', { dir: missing })).toThrow(code('ERR_REGION_NOT_FOUND'));
    expect(regions.regions({ dir: missing })).toEqual([]);
    expect(readdirSync(dir)).not.toContain('missing');
  });

  function expectCodedOrValue<T>(action: () => T, codes: string[]): T | undefined {
    try {
      return action();
    } catch (error) {
      expect(codes).toContain((error as { code?: string }).code);
      return undefined;
    }
  }
});

describe('a reader that holds a lock on the control file', () => {
  const python = spawnSync('python3', ['--version']).status === 0;
  const lacking = python ? noNative : ' (skipped: no python3)';

  it.skipIf(lacking)(`keeps no master out, and hides none${lacking}`, async () => {
    const { RegionWriter, RegionReader } = await loadRegions('native');
    const dir = newDirectory();
    RegionWriter.open('h', { dir }).close();
    const lock = `import fcntl,sys; f=open(sys.argv[1],'rb'); fcntl.lockf(f,fcntl.LOCK_SH); print('held',flush=True); sys.stdin.read()`;
    const holder = spawn('python3', ['-c', lock, join(dir, 'h.ctl')], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      const reader = RegionReader.open('h', { dir });
      expect(reader.status().masterAlive).toBe(false);
      const writer = RegionWriter.open('h', { dir });
      publishIn(writer, writer.segment, append(writer.segment, 1));
      expect(reader.status()).toMatchObject({ masterAlive: true, masterPid: process.pid });
      expect(() => RegionWriter.open('h', { dir })).toThrow(expect.objectContaining({ code: 'ERR_REGION_LOCKED' }));
      writer.close();
      expect(reader.status().masterAlive).toBe(false);
      reader.close();
    } finally {
      holder.kill('SIGKILL');
    }
  });
});
