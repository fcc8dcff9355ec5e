/** `Mmap` in itself; that its methods mean what Python's mean is proved in test/differential. */
import { closeSync, fstatSync, openSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Mmap } from '../../../src/mmap/index.js';
import { describeSystems } from '../../mmap-systems.js';
import { coded, openFiles, scratchDirectory } from './scratch.js';

/** Every method, with arguments that are right for an open mapping with access `write`. */
const STORING: Record<string, (mmap: Mmap) => unknown> = {
  write: (mmap) => mmap.write('x'),
  'write nothing': (mmap) => mmap.write(''),
  'write too much': (mmap) => mmap.write('x'.repeat(100)),
  writeByte: (mmap) => mmap.writeByte(1),
  set: (mmap) => mmap.set(0, 1),
  'set bytes': (mmap) => mmap.set(-2, Uint8Array.of(1, 2)),
  move: (mmap) => mmap.move(0, 1, 2),
  resize: (mmap) => mmap.resize(20),
};
const OTHER: Record<string, (mmap: Mmap) => unknown> = {
  at: (mmap) => mmap.at(0),
  find: (mmap) => mmap.find('a'),
  flush: (mmap) => mmap.flush(),
  iterator: (mmap) => [...mmap],
  length: (mmap) => mmap.length,
  madvise: (mmap) => mmap.madvise('random'),
  read: (mmap) => mmap.read(),
  readByte: (mmap) => mmap.readByte(),
  readLine: (mmap) => mmap.readLine(),
  rfind: (mmap) => mmap.rfind('a'),
  seek: (mmap) => mmap.seek(1),
  size: (mmap) => mmap.size(),
  slice: (mmap) => mmap.slice(),
  tell: (mmap) => mmap.tell(),
};

describeSystems('Mmap', (load) => {
  const scratch = scratchDirectory();
  let module: Awaited<ReturnType<typeof load>>;
  let path: string;

  beforeAll(async () => {
    module = await load();
  });
  beforeEach(() => {
    path = join(scratch.path, 'file');
    writeFileSync(path, 'abcdefghij');
  });
  const open = (options?: Parameters<typeof module.Mmap.open>[1]) => module.Mmap.open(path, options);

  describe('in each state', () => {
    it.each(Object.entries({ ...STORING, ...OTHER }))('%s is refused after close', (_name, method) => {
      const mmap = open();
      mmap.close();
      expect(() => method(mmap)).toThrow(coded('ERR_CLOSED'));
      expect(mmap.closed).toBe(true);
    });

    it.each(Object.entries(STORING))('%s is refused for a read mapping, which stays as it was', (_name, method) => {
      using mmap = open({ access: 'read' });
      expect(() => method(mmap)).toThrow(TypeError);
      expect(() => method(mmap)).toThrow(coded('ERR_READ_ONLY'));
      expect([mmap.tell(), readFileSync(path, 'latin1')]).toEqual([0, 'abcdefghij']);
    });

    it.each(Object.entries(OTHER))('%s works on a read mapping', (_name, method) => {
      using mmap = open({ access: 'read' });
      expect(() => method(mmap)).not.toThrow();
    });

    it('a copy takes stores, keeps them from the file, and cannot be resized', () => {
      using mmap = open({ access: 'copy' });
      mmap.write('private');
      expect(() => mmap.resize(20)).toThrow(coded('ERR_READ_ONLY'));
      expect([mmap.slice().toString(), readFileSync(path, 'latin1')]).toEqual(['privatehij', 'abcdefghij']);
    });

    it('closes again and at the end of a using block', () => {
      const mmap = open();
      {
        using same = mmap;
        expect(same.closed).toBe(false);
      }
      expect(mmap.closed).toBe(true);
      expect(() => mmap.close()).not.toThrow();
    });
  });

  describe('descriptors', () => {
    it("stay the caller's: a mapping outlives its descriptor, and the descriptor its mapping", () => {
      const fd = openSync(path, 'r+');
      const [first, second] = [new module.Mmap(fd, 0), new module.Mmap(fd, 5)];
      first.close();
      expect(fstatSync(fd).size).toBe(10);
      closeSync(fd);
      second.write('XY');
      second.resize(12);
      expect([second.size(), second.length, second.path]).toEqual([12, 12, undefined]);
      second.close();
      expect(readFileSync(path, 'latin1')).toBe('XYcdefghij\0\0');
    });

    it('of a removed file can be mapped', () => {
      const fd = openSync(path, 'r+');
      unlinkSync(path);
      using mmap = new module.Mmap(fd, 0);
      closeSync(fd);
      expect(mmap.read().toString()).toBe('abcdefghij');
    });

    it('opened for reading only serve read and copy', () => {
      const fd = openSync(path, 'r');
      for (const access of ['read', 'copy'] as const) {
        using mmap = new module.Mmap(fd, 0, { access });
        expect(mmap.read(3).toString()).toBe('abc');
      }
      closeSync(fd);
    });

    it('of mappings that were forgotten are closed when those are collected', async () => {
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      for (let i = 0; i < 20; i++) open();
      const nothingOpen = () => {
        collect();
        expect(openFiles(scratch.path)).toEqual([]);
      };
      await vi.waitFor(nothingOpen, { timeout: 20_000 });
    });
  });

  describe('open', () => {
    it('takes a path or a file URL, and says where the file is', () => {
      using byPath = open();
      using byUrl = module.Mmap.open(pathToFileURL(path), { access: 'read', length: 3 });
      expect([byPath.path, byPath.length, byUrl.path, byUrl.length]).toEqual([path, 10, path, 3]);
    });

    it('makes an instance of the class that it is called on', () => {
      using mmap = module.ObjectMmap.open(path);
      expect(mmap).toBeInstanceOf(module.ObjectMmap);
      expect(mmap.path).toBe(path);
    });
  });

  it('returns copies: neither changing them nor changing the mapping reaches the other', () => {
    using mmap = open();
    const copies = [mmap.read(4), mmap.slice(0, 4), mmap.slice(), mmap.readLine()];
    const before = copies.map(String);
    mmap.set(0, 'XXXXXXXXXX');
    expect(copies.map(String)).toEqual(before);
    for (const copy of copies) copy.fill(0);
    expect(mmap.slice().toString()).toBe('XXXXXXXXXX');
  });

  it('takes bytes of every kind', () => {
    using mmap = open();
    const { buffer } = Uint8Array.from([65, 66]);
    const view = new DataView(Uint8Array.from([0, 67, 68, 0]).buffer, 1, 2);
    const counts = ['ü', Buffer.from('a'), new Uint16Array([0x4645]), view, buffer].map((data) => mmap.write(data));
    expect(counts).toEqual([2, 1, 2, 2, 2]);
    expect(mmap.slice(0, 9).toString()).toBe('üaEFCDAB');
    expect(mmap.find(buffer, 0)).toBe(7);
  });

  it('maps anonymous memory, which starts as zeros and is resized with its contents', () => {
    using mmap = new module.Mmap(-1, 10);
    expect([...mmap]).toEqual(new Array(10).fill(0));
    mmap.write('0123456789');
    mmap.resize(100_000);
    expect([mmap.size(), mmap.length, mmap.tell(), mmap.path]).toEqual([100_000, 100_000, 10, undefined]);
    mmap.set(99_999, '!');
    mmap.resize(5);
    expect(mmap.slice().toString()).toBe('01234');
  });

  it('keeps a position behind the end after shrinking, where there is nothing to read and no room to write', () => {
    using mmap = open();
    mmap.seek(8);
    mmap.resize(4);
    expect([mmap.tell(), mmap.read().length, mmap.readLine().length, statSync(path).size]).toEqual([8, 0, 0, 4]);
    expect(() => mmap.readByte()).toThrow(coded('ERR_OUT_OF_RANGE'));
    expect(() => mmap.write('')).toThrow(coded('ERR_OUT_OF_RANGE'));
  });

  it('stores nothing of what does not fit', () => {
    using mmap = open();
    mmap.seek(5);
    expect(() => mmap.write('123456')).toThrow(coded('ERR_OUT_OF_RANGE'));
    expect(() => mmap.set(-3, 'long')).toThrow(coded('ERR_OUT_OF_RANGE'));
    expect(() => mmap.move(8, 0, 3)).toThrow(coded('ERR_OUT_OF_RANGE'));
    expect([mmap.tell(), readFileSync(path, 'latin1')]).toEqual([5, 'abcdefghij']);
  });

  it('seeks from the start, the position and the end, and returns the position', () => {
    using mmap = open();
    expect([mmap.seek(4), mmap.seek(2, 1), mmap.seek(-1, 2), mmap.seek(0, 2)]).toEqual([4, 6, 9, 10]);
  });

  it('searches from the position unless told otherwise', () => {
    using mmap = open();
    mmap.set(0, 'abcabcabc');
    mmap.seek(4);
    expect([mmap.find('abc'), mmap.find('abc', 0), mmap.find('abc', 1, 5), mmap.find('abc', -5)]).toEqual([
      6, 0, -1, 6,
    ]);
    expect([mmap.rfind('abc'), mmap.rfind('abc', 0, -2), mmap.rfind('b', 6), mmap.rfind('')]).toEqual([6, 3, 7, 10]);
  });
});
