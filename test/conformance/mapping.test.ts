/** What `src/system/contract.ts` promises, over both implementations. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Access, Mapping, MmapSystem } from '../../src/system/contract.js';
import { loadNative } from '../../src/system/native.js';
import { syscalls } from '../../src/system/syscalls.js';

const native = loadNative();
const noNative = native instanceof Error ? ` (skipped: ${native.message})` : '';

describe.skipIf(native instanceof Error)(`native${noNative}`, () => contract(native as MmapSystem));
describe('syscalls', () => contract(syscalls));

function contract(system: MmapSystem): void {
  let directory: string;
  let path: string;
  let fd: number;
  const mappings: Mapping[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'jsonmmap-mapping-'));
    path = join(directory, 'file');
    writeFileSync(path, Buffer.alloc(2 * system.pageSize, 'abcdefgh'));
    fd = openSync(path, 'r+');
  });
  afterEach(() => {
    for (const mapping of mappings.splice(0)) mapping.close();
    closeSync(fd);
    rmSync(directory, { recursive: true });
  });

  function map(access: Access, { offset = 0, length = system.pageSize, file = fd, uncounted = false } = {}): Mapping {
    const mapping = system.map({ fd: file, offset, length, access, uncounted });
    mappings.push(mapping);
    return mapping;
  }
  const text = (mapping: Mapping, start: number, length: number) =>
    Buffer.from(mapping.buffer, start, length).toString('latin1');
  function store(mapping: Mapping, start: number, data: string): void {
    new Uint8Array(mapping.buffer).set(Buffer.from(data), start);
    mapping.push(start, data.length);
  }

  it('has a page size that every implementation here accepts as an offset', () => {
    expect(Math.log2(system.pageSize) % 1).toBe(0);
    expect(syscalls.pageSize % system.pageSize).toBe(0);
  });

  it.each<Access>(['read', 'write', 'copy'])('maps a file for %s', (access) => {
    const mapping = map(access, { length: 11 });
    expect(mapping.length).toBe(11);
    expect(mapping.buffer.byteLength).toBe(11);
    expect(mapping.shared).toBe(system.kind === 'native');
    expect(text(mapping, 0, 11)).toBe('abcdefghabc');
  });

  it('maps from an offset', () => {
    writeFileSync(path, Buffer.concat([Buffer.alloc(system.pageSize), Buffer.from('second page')]));
    expect(text(map('read', { offset: system.pageSize, length: 11 }), 0, 11)).toBe('second page');
  });

  it('maps anonymous memory: zeros that can be written', () => {
    const mapping = map('write', { file: -1, length: 5000 });
    expect(Buffer.from(mapping.buffer).equals(Buffer.alloc(5000))).toBe(true);
    store(mapping, 4990, 'memory');
    mapping.pull(0, 5000);
    expect(text(mapping, 4990, 6)).toBe('memory');
    mapping.sync(0, 5000);
  });

  it('brings what one mapping pushes into another that pulls, both ways and through the file', () => {
    const [one, other] = [map('write'), map('write')];
    store(one, 100, 'from one');
    other.pull(100, 8);
    expect(text(other, 100, 8)).toBe('from one');
    store(other, 200, 'from other');
    one.pull(200, 10);
    expect(text(one, 200, 10)).toBe('from other');
    expect(readFileSync(path).subarray(100, 108).toString()).toBe('from one');
  });

  it('pushes and pulls behind an offset', () => {
    const [whole, second] = [map('write', { length: 2 * system.pageSize }), map('write', { offset: system.pageSize })];
    store(second, 3, 'here');
    whole.pull(system.pageSize, 10);
    expect(text(whole, system.pageSize, 8)).toBe('abchereh');
  });

  it('pulls what a plain write put into the file', () => {
    const mapping = map('read');
    writeFileSync(path, 'rewritten in place', { flag: 'r+' });
    mapping.pull(0, 18);
    expect(text(mapping, 0, 18)).toBe('rewritten in place');
  });

  it('touches a file that it is given when it wakes, and no other', () => {
    const mapping = map('write');
    const descriptor = openSync(path, 'r+');
    store(mapping, 192, 'word'); // a page that is written for the first time changes the time, too
    utimesSync(path, 1, 1);
    mapping.wake(192, -1, 1_700_000_000_123);
    expect(statSync(path).mtimeMs).toBe(1000);
    mapping.wake(192, descriptor, 1_700_000_000_123);
    expect(statSync(path).mtimeMs).toBeCloseTo(1_700_000_000_123, 0);
    closeSync(descriptor);
    expect(() => mapping.wake(192, descriptor, 1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('keeps the stores of a copy from the file and from other mappings, and through a pull', () => {
    const [copy, other] = [map('copy'), map('read')];
    store(copy, 0, 'private');
    copy.sync(0, 7);
    copy.pull(0, 7);
    other.pull(0, 7);
    expect(text(copy, 0, 7)).toBe('private');
    expect(text(other, 0, 7)).toBe('abcdefg');
    expect(readFileSync(path, 'latin1').slice(0, 7)).toBe('abcdefg');
  });

  it('copies from a descriptor that is open for reading only', () => {
    const readable = openSync(path, 'r');
    const mapping = map('copy', { file: readable });
    store(mapping, 0, 'private');
    expect(text(mapping, 0, 9)).toBe('privateha');
    closeSync(readable);
  });

  it('may reach beyond the end of the file, and shows the bytes there once the file has grown', () => {
    const mapping = map('read', { length: 4 * system.pageSize });
    ftruncateSync(fd, 4 * system.pageSize);
    writeFileSync(path, Buffer.alloc(4 * system.pageSize, 'grown'));
    mapping.pull(0, 4 * system.pageSize);
    expect(text(mapping, 15 * 5, 5)).toBe('grown');
    expect(Buffer.from(mapping.buffer).equals(readFileSync(path))).toBe(true);
  });

  it('syncs what was stored', () => {
    const mapping = map('write', { length: 2 * system.pageSize });
    store(mapping, system.pageSize, 'durable');
    mapping.sync(system.pageSize, 7);
    expect(
      readFileSync(path)
        .subarray(system.pageSize, system.pageSize + 7)
        .toString(),
    ).toBe('durable');
  });

  it('takes advice without a change of contents', () => {
    const mapping = map('write', { length: 2 * system.pageSize });
    for (const advice of [0, 1, 2, 3, 4]) mapping.advise(0, 2 * system.pageSize, advice);
    expect(Buffer.from(mapping.buffer).equals(readFileSync(path))).toBe(true);
  });

  describe('close', () => {
    it('makes the buffer and every view of it empty, and may be called again', () => {
      const mapping = map('write');
      const { buffer } = mapping;
      const views = [new Uint8Array(buffer), new Float64Array(buffer, 8, 4), Buffer.from(buffer)];
      mapping.close();
      mapping.close();
      expect(buffer.byteLength).toBe(0);
      expect(mapping.buffer.byteLength).toBe(0);
      expect(views.map((view) => view.length)).toEqual([0, 0, 0]);
    });

    it('leaves other mappings of the same file, and the file', () => {
      const [one, other] = [map('write'), map('write')];
      store(one, 0, 'stays');
      one.close();
      other.pull(0, 5);
      expect(text(other, 0, 5)).toBe('stays');
    });

    it('leaves the descriptor to its owner', () => {
      map('write').close();
      expect(fstatSync(fd).size).toBe(2 * system.pageSize);
    });
  });

  describe('uncounted', () => {
    const LARGE_BYTES = 64 << 20;
    const isCounted = () =>
      !(map('read', { uncounted: true, length: LARGE_BYTES }).buffer instanceof SharedArrayBuffer);

    beforeEach(() => ftruncateSync(fd, LARGE_BYTES));

    it('maps the same bytes', () => {
      const mapping = map('write', { uncounted: true, length: LARGE_BYTES });
      expect(mapping.buffer.byteLength).toBeGreaterThanOrEqual(LARGE_BYTES);
      expect(text(mapping, 0, 11)).toBe('abcdefghabc');
      store(mapping, LARGE_BYTES - 6, 'stored');
      mapping.sync(0, LARGE_BYTES);
      expect(
        readFileSync(path)
          .subarray(LARGE_BYTES - 6)
          .toString(),
      ).toBe('stored');
    });

    it('is not counted by the engine, where the buffer is a shared one', ({ skip }) => {
      if (isCounted()) skip('this implementation, or this runtime, has none');
      const before = getHeapStatistics().external_memory;
      for (let i = 0; i < 4; i++) map('read', { uncounted: true, length: LARGE_BYTES });
      expect(getHeapStatistics().external_memory - before).toBeLessThan(LARGE_BYTES / 8);
    });

    it('gives the file back, and its addresses show no other file', async () => {
      const mapping = map('read', { uncounted: true, length: LARGE_BYTES });
      const bytes = Buffer.from(mapping.buffer);
      mapping.close();
      mapping.close();
      await vi.waitFor(() => expect(readFileSync('/proc/self/maps', 'utf8')).not.toContain(path), { interval: 1 });
      const other = join(directory, 'other');
      writeFileSync(other, Buffer.alloc(LARGE_BYTES, 'x'));
      const otherFd = openSync(other, 'r');
      for (let i = 0; i < 4; i++) map('read', { uncounted: true, length: LARGE_BYTES, file: otherFd });
      closeSync(otherFd);
      expect(bytes.includes('x')).toBe(false);
    });
  });

  describe('allocate', () => {
    const blocks = () => fstatSync(fd).blocks * 512;

    it('extends a file with zeros that are backed by space', () => {
      const size = 64 * system.pageSize;
      system.allocate(fd, 2 * system.pageSize, size - 2 * system.pageSize);
      expect(fstatSync(fd).size).toBe(size);
      expect(blocks()).toBeGreaterThanOrEqual(size);
      const bytes = readFileSync(path);
      expect(bytes.subarray(0, 8).toString()).toBe('abcdefgh');
      expect(bytes.subarray(2 * system.pageSize).every((byte) => byte === 0)).toBe(true);
    });

    it('reaches a range that starts behind the end', () => {
      system.allocate(fd, 4 * system.pageSize, 100);
      expect(fstatSync(fd).size).toBe(4 * system.pageSize + 100);
    });

    it('neither shortens nor changes a file that is long enough', () => {
      const before = readFileSync(path);
      system.allocate(fd, 0, 100);
      system.allocate(fd, 0, 2 * system.pageSize);
      expect(readFileSync(path).equals(before)).toBe(true);
    });

    it('fails with the errno for a descriptor that is not open for writing', () => {
      const readable = openSync(path, 'r');
      expect(() => system.allocate(readable, 0, 3 * system.pageSize)).toThrow(
        expect.objectContaining({ code: 'EBADF' }),
      );
      closeSync(readable);
      expect(fstatSync(fd).size).toBe(2 * system.pageSize);
    });
  });

  it('fails with an errno for memory that nobody has', () => {
    const length = 2 ** 47;
    expect(() => map('write', { file: -1, length })).toThrow(expect.objectContaining({ code: 'ENOMEM' }));
  });

  it('fails with an errno for a descriptor that is not open', () => {
    const gone = openSync(path, 'r');
    closeSync(gone);
    expect(() => map('read', { file: gone })).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });
}
