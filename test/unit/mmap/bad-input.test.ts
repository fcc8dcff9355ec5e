/** What `new Mmap`, `Mmap.open` and the methods refuse: each with its code, a message that helps, and nothing left behind. */
import { constants } from 'node:buffer';
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Mmap, MmapOptions } from '../../../src/mmap/index.js';
import { syscalls } from '../../../src/system/syscalls.js';
import { describeSystems } from '../../mmap-systems.js';
import { coded, scratchDirectory } from './scratch.js';

const PAGE = syscalls.pageSize;

describeSystems('refused', (load) => {
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
  const make = (fileno: unknown, length: unknown, options?: unknown) =>
    new module.Mmap(fileno as number, length as number, options as MmapOptions);
  const onlyTheFile = () => expect(readdirSync(scratch.path)).toEqual(['file']);

  function withDescriptor(flags: string, use: (fd: number) => void): void {
    const fd = openSync(path, flags);
    try {
      use(fd);
    } finally {
      closeSync(fd);
    }
    expect(readFileSync(path, 'latin1')).toBe('abcdefghij');
  }

  it.each([0, -1, 1.5, Number.NaN, Infinity, constants.MAX_LENGTH + 1, 2 ** 60, '10', null, undefined, 10n])(
    'length %s for memory',
    (length) => {
      expect(() => make(-1, length)).toThrow(coded('ERR_INVALID_ARG'));
      expect(() => make(-1, length, { tagname: 'memory' })).toThrow(coded('ERR_INVALID_ARG'));
      onlyTheFile();
    },
  );

  it.each([-2, 1.5, Number.NaN, 2 ** 31, '3', null, undefined, {}])('fileno %s', (fileno) => {
    expect(() => make(fileno, 10)).toThrow(coded('ERR_INVALID_ARG'));
  });

  it.each(['a/b', '..', '../x', '.x', 'a\0b', '', 'x'.repeat(101), 'ü', 7, null])('tagname %j', (tagname) => {
    expect(() => make(-1, 10, { tagname })).toThrow(coded('ERR_INVALID_NAME'));
    onlyTheFile();
  });

  it.each([
    ['a misspelt option', { acces: 'read' }, /"acces".*access, tagname, offset/],
    ['an access that is none', { access: 'readonly' }, /'read', 'write' or 'copy'/],
    ['a negative offset', { offset: -PAGE }, /multiple of the page size/],
    ['an offset within a page', { offset: 10 }, new RegExp(`multiple of the page size, ${PAGE}`)],
    ['an offset that is no number', { offset: '0' }, /offset must be an integer/],
    ['an offset into memory', { offset: PAGE }, /anonymous memory/],
    ['no options object', null, /options must be an object/],
  ])('%s', (_what, options, message) => {
    expect(() => make(-1, 10, options)).toThrow(coded('ERR_INVALID_ARG'));
    expect(() => make(-1, 10, options)).toThrow(message);
  });

  describe('descriptors', () => {
    it('that are closed', () => {
      const fd = openSync(path, 'r+');
      closeSync(fd);
      expect(() => make(fd, 10)).toThrow(coded('ERR_INVALID_ARG'));
      expect(() => make(fd, 10)).toThrow(/not an open file/);
    });

    it.each([
      ['write-only', 'a', 'read', /for writing only/],
      ['read-only, for access write', 'r', 'write', /for reading only.*'r\+'/],
    ])('that are %s', (_what, flags, access, message) => {
      withDescriptor(flags, (fd) => {
        expect(() => make(fd, 10, { access })).toThrow(coded('ERR_INVALID_ARG'));
        expect(() => make(fd, 10, { access })).toThrow(message);
      });
    });

    it.each(['/', '/dev/zero'])('of %s, which is no regular file', (special) => {
      const fd = openSync(special, 'r');
      expect(() => make(fd, 10, { access: 'read' })).toThrow(coded('ERR_INVALID_ARG'));
      closeSync(fd);
    });

    it('together with a tagname', () => {
      withDescriptor('r+', (fd) => expect(() => make(fd, 10, { tagname: 'x' })).toThrow(coded('ERR_INVALID_ARG')));
    });

    it.each([
      ['a length beyond its end', 11, 0],
      ['an offset at its end', 0, PAGE],
      ['an offset and a length beyond its end', 1, PAGE],
    ])('of a file, with %s', (_what, length, offset) => {
      withDescriptor('r+', (fd) => expect(() => make(fd, length, { offset })).toThrow(coded('ERR_OUT_OF_RANGE')));
    });

    it('of an empty file', () => {
      writeFileSync(join(scratch.path, 'empty'), '');
      expect(() => module.Mmap.open(join(scratch.path, 'empty'))).toThrow(coded('ERR_INVALID_ARG'));
    });
  });

  it.each(['missing', 'directory', 'missing/below', 'file/below', ''])('opening the path %j', (name) => {
    mkdirSync(join(scratch.path, 'directory'));
    const target = name && join(scratch.path, name);
    for (const access of ['read', 'write'] as const) {
      expect(() => module.Mmap.open(target, { access })).toThrow(coded('ERR_INVALID_ARG'));
    }
  });

  it('opening a file without permission, and making named memory in a directory that is not writable', () => {
    chmodSync(path, 0o400);
    chmodSync(scratch.path, 0o555);
    withoutPrivilege(() => {
      expect(() => module.Mmap.open(path)).toThrow(coded('ERR_REGION_DENIED'));
      expect(() => make(-1, 10, { tagname: 'memory' })).toThrow(coded('ERR_REGION_DENIED'));
    });
    chmodSync(scratch.path, 0o700);
    onlyTheFile();
  });

  it.each<[string, (mmap: Mmap) => unknown, string]>([
    ['at the length', (mmap) => mmap.at(10), 'ERR_OUT_OF_RANGE'],
    ['at before the start', (mmap) => mmap.at(-11), 'ERR_OUT_OF_RANGE'],
    ['at a fraction', (mmap) => mmap.at(0.5), 'ERR_INVALID_ARG'],
    ['set to 256', (mmap) => mmap.set(0, 256), 'ERR_INVALID_ARG'],
    ['set to -1', (mmap) => mmap.set(0, -1), 'ERR_INVALID_ARG'],
    ['set to null', (mmap) => mmap.set(0, null as unknown as string), 'ERR_INVALID_ARG'],
    ['write of a number', (mmap) => mmap.write(1 as unknown as string), 'ERR_INVALID_ARG'],
    ['writeByte of a string', (mmap) => mmap.writeByte('a' as unknown as number), 'ERR_INVALID_ARG'],
    ['read of NaN', (mmap) => mmap.read(Number.NaN), 'ERR_INVALID_ARG'],
    ['seek before the start', (mmap) => mmap.seek(-1), 'ERR_OUT_OF_RANGE'],
    ['seek behind the end', (mmap) => mmap.seek(1, 2), 'ERR_OUT_OF_RANGE'],
    ['seek with another whence', (mmap) => mmap.seek(0, 3), 'ERR_INVALID_ARG'],
    ['seek to a string', (mmap) => mmap.seek('1' as unknown as number), 'ERR_INVALID_ARG'],
    ['find of a number', (mmap) => mmap.find(97 as unknown as string), 'ERR_INVALID_ARG'],
    ['find from a fraction', (mmap) => mmap.find('a', 0.5), 'ERR_INVALID_ARG'],
    ['slice to a string', (mmap) => mmap.slice(0, '5' as unknown as number), 'ERR_INVALID_ARG'],
    ['move of a negative count', (mmap) => mmap.move(0, 0, -1), 'ERR_OUT_OF_RANGE'],
    ['move of nothing', (mmap) => mmap.move(0, 1, undefined as unknown as number), 'ERR_INVALID_ARG'],
    ['flush behind the end', (mmap) => mmap.flush(0, 11), 'ERR_OUT_OF_RANGE'],
    ['flush from within a page', (mmap) => mmap.flush(5, 5), 'ERR_INVALID_ARG'],
    ['madvise that is none', (mmap) => mmap.madvise('fast' as 'random'), 'ERR_INVALID_ARG'],
    ['madvise from toString', (mmap) => mmap.madvise('toString' as 'random'), 'ERR_INVALID_ARG'],
    ['madvise behind the end', (mmap) => mmap.madvise('random', 10), 'ERR_OUT_OF_RANGE'],
    ['resize to nothing', (mmap) => mmap.resize(0), 'ERR_INVALID_ARG'],
    ['resize to a fraction', (mmap) => mmap.resize(10.5), 'ERR_INVALID_ARG'],
    ['resize beyond the limit', (mmap) => mmap.resize(constants.MAX_LENGTH + 1), 'ERR_INVALID_ARG'],
  ])('%s, and nothing has changed', (_what, method, code) => {
    using mmap = module.Mmap.open(path);
    mmap.seek(3);
    expect(() => method(mmap)).toThrow(coded(code));
    expect([mmap.tell(), mmap.length, readFileSync(path, 'latin1')]).toEqual([3, 10, 'abcdefghij']);
  });
});

/** Permissions do not bind root. */
function withoutPrivilege(body: () => void): void {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    body();
  } finally {
    if (root) process.seteuid?.(0);
  }
}
