import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MmapSystem } from '../../../src/system/contract.js';
import { resetModulesAfterFile } from '../../cleanup.js';
import { newDirectory, noNative } from '../region/kit.js';

const { dlopen } = process;

beforeEach(() => {
  vi.resetModules();
  resetModulesAfterFile();
});
afterEach(() => {
  vi.doUnmock('../../../src/system/byte-order.js');
  vi.restoreAllMocks();
  vi.doUnmock('node:fs');
});

it('a big-endian machine is refused, by whatever is opened', async () => {
  vi.doMock('../../../src/system/byte-order.js', () => ({ isLittleEndian: () => false }));
  const { Follower, Master, Mmap } = await import('../../../src/index.js');
  const dir = newDirectory();
  for (const open of [() => Master.open('b', { dir }), () => Follower.open('b', { dir }), () => new Mmap(-1, 4096)]) {
    expect(open).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED' }));
  }
});

it('over system calls more than 2 GiB go in several calls', async () => {
  const calls: [number, number, number][] = [];
  const copied = (_fd: number, _bytes: Uint8Array, offset: number, length: number, position: number) => {
    if (length > 2 ** 31 - 1) throw new RangeError('the length is out of range');
    calls.push([offset, length, position]);
    return length;
  };
  vi.doMock('node:fs', async (original) => ({ ...(await original<object>()), readSync: copied, writeSync: copied }));
  const { syscalls } = await import('../../../src/system/syscalls.js');
  const length = 3 * 2 ** 30 + 4096;
  const mapping = syscalls.map({ fd: 1000, offset: 65536, length, access: 'write' });
  const whole = [0, 1, 2, 3].map((part) => {
    const at = part * 2 ** 30;
    return [at, Math.min(2 ** 30, length - at), 65536 + at];
  });
  expect(calls.splice(0)).toEqual(whole);
  mapping.push(0, length);
  expect(calls).toEqual(whole);
  mapping.close();
});

/** Some file systems cannot reserve space; glibc makes up for it, and musl says so. */
describe.skipIf(noNative)(`where a file system cannot reserve${noNative}`, () => {
  it('space is written, and what the file holds stays', async () => {
    const { allocate } = await systemWhoseAllocateFails('EOPNOTSUPP');
    const path = join(newDirectory(), 'file');
    const fd = openSync(path, 'w+');
    writeSync(fd, 'begin');
    allocate(fd, 0, 200_000);
    allocate(fd, 0, 100); // never makes it shorter
    const { size, blocks } = fstatSync(fd);
    closeSync(fd);
    expect(size).toBe(200_000);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
    expect(readFileSync(path).equals(Buffer.concat([Buffer.from('begin'), Buffer.alloc(200_000 - 5)]))).toBe(true);
  });

  it('regions work', async () => {
    await systemWhoseAllocateFails('EOPNOTSUPP');
    const { check, Follower, Master } = await import('../../../src/index.js');
    const dir = newDirectory();
    const master = Master.open('f', { dir, initial: { list: [] as unknown[] } });
    master.write({ list: Array.from({ length: 50_000 }, (_, i) => `element ${i}`) });
    const follower = Follower.open<{ list: string[] }>('f', { dir });
    expect(follower.current.list.length).toBe(50_000);
    expect(check('f', { dir })).toMatchObject({ ok: true });
    follower.close();
    master.close();
  });

  it('other refusals are told as they are', async () => {
    for (const errno of ['ENOSPC', 'EINVAL', 'EFBIG']) {
      const { allocate } = await systemWhoseAllocateFails(errno);
      expect(() => allocate(1, 0, 100)).toThrow(expect.objectContaining({ code: errno }));
    }
  });
});

describe.skipIf(noNative)(`an addon that cannot be used${noNative}`, () => {
  const before = process.env.JSONMMAP_SYSTEM;

  beforeEach(() => {
    delete process.env.JSONMMAP_SYSTEM;
    fakeAddon((addon) => ({ ...addon, contract: 0 }));
  });

  afterEach(() => {
    vi.restoreAllMocks();
    if (before === undefined) delete process.env.JSONMMAP_SYSTEM;
    else process.env.JSONMMAP_SYSTEM = before;
  });

  it('is replaced by system calls, with one warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const { mmapSystem } = await import('../../../src/system/system.js');
    expect([mmapSystem().kind, mmapSystem().kind]).toEqual(['syscalls', 'syscalls']);
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(/mmap\.node belongs to another version of jsonmmap\): jsonmmap works over system calls/),
        expect.objectContaining({ code: 'JSONMMAP_FALLBACK' }),
      ],
    ]);
  });

  it('gives no warning where system calls were asked for', async () => {
    process.env.JSONMMAP_SYSTEM = 'syscalls';
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const { mmapSystem } = await import('../../../src/system/system.js');
    expect(mmapSystem().kind).toBe('syscalls');
    expect(warn).not.toHaveBeenCalled();
  });

  it('is an error where it was asked for', async () => {
    process.env.JSONMMAP_SYSTEM = 'native';
    const { mmapSystem } = await import('../../../src/system/system.js');
    expect(mmapSystem).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED', message: expect.stringContaining('another version') }),
    );
  });
});

/** The native system over the real binary, in which one call is a fake. */
async function systemWhoseAllocateFails(errno: string): Promise<MmapSystem> {
  vi.resetModules();
  fakeAddon((addon) => ({ ...addon, allocate: () => refuse(errno) }));
  const { mmapSystem } = await import('../../../src/system/system.js');
  const system = mmapSystem();
  expect(system.kind).toBe('native');
  return system;
}

function refuse(errno: string): never {
  throw Object.assign(new Error(`${errno}: posix_fallocate failed`), { code: errno });
}

/** From now on the addon is what `change` makes of the real one. */
function fakeAddon(change: (addon: object) => object): void {
  vi.spyOn(process, 'dlopen').mockImplementation((module, path) => {
    dlopen(module, path);
    const loaded = module as { exports: object };
    loaded.exports = change(loaded.exports);
  });
}
