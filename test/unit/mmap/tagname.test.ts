/** Named shared memory: which file it is, who may be trusted with it, and what is left when it cannot be had. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeSystems } from '../../mmap-systems.js';
import { coded, scratchDirectory } from './scratch.js';

const programs = join(import.meta.dirname, '..', '..', 'programs');
const ownFileSystem = ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=256k none "$0" && exec "$@"'];
const canMount = spawnSync('unshare', [...ownFileSystem, '/mnt', 'true']).status === 0;

describeSystems('named memory', (load, kind) => {
  const scratch = scratchDirectory();
  let module: Awaited<ReturnType<typeof load>>;

  beforeAll(async () => {
    module = await load();
  });
  const file = (name = 'name') => join(scratch.path, `${name}.mmap`);
  const make = (length: number, access: 'read' | 'write' | 'copy' = 'write') =>
    new module.Mmap(-1, length, { tagname: 'name', access });

  it('is a file for its owner alone, which other programs can map, and which stays after close', () => {
    const mmap = make(5000);
    expect(mmap.path).toBe(file());
    expect([statSync(file()).mode & 0o777, statSync(file()).size]).toEqual([0o600, 5000]);
    mmap.write('stays');
    mmap.close();
    expect(readFileSync(file()).subarray(0, 5).toString()).toBe('stays');
  });

  it('is the same memory for everyone who names it', () => {
    using one = make(100);
    using other = make(100);
    using reader = make(100, 'read');
    one.write('from one');
    other.set(50, 'from other');
    expect([reader.read(8), reader.slice(50, 60), one.slice(50, 60)].map(String)).toEqual([
      'from one',
      'from other',
      'from other',
    ]);
  });

  it.each(['read', 'write', 'copy'] as const)(
    'grows for whoever asks for more and never shrinks: access %s',
    (access) => {
      using first = make(100);
      first.write('kept');
      using larger = make(70_000, access);
      using smaller = make(10, access);
      expect([larger.length, smaller.length, statSync(file()).size]).toEqual([70_000, 10, 70_000]);
      expect(larger.read(4).toString()).toBe('kept');
    },
  );

  it('can be mapped first by a reader, whole with length 0, and from an offset', () => {
    using reader = make(100, 'read');
    expect([...reader].every((byte) => byte === 0)).toBe(true);
    using whole = make(0);
    expect(whole.length).toBe(100);
    using behind = new module.Mmap(-1, 10, { tagname: 'name', offset: 65536 });
    behind.write('offset');
    expect(readFileSync(file()).subarray(65536).toString()).toBe('offset\0\0\0\0');
  });

  it.each<[string, () => void]>([
    ['a symbolic link', () => symlinkSync(join(scratch.path, 'target'), file())],
    ['a directory', () => mkdirSync(file())],
    ['a pipe', () => execFileSync('mkfifo', [file()])],
    ['writable for everybody', () => open(file(), 0o606)],
    ['writable for a group', () => open(file(), 0o660)],
  ])('is refused when it is %s, and left alone', (_what, prepare) => {
    writeFileSync(join(scratch.path, 'target'), 'not yours');
    prepare();
    for (const access of ['read', 'write'] as const)
      expect(() => make(100, access)).toThrow(coded('ERR_REGION_DENIED'));
    expect(readFileSync(join(scratch.path, 'target'), 'latin1')).toBe('not yours');
    expect(readdirSync(scratch.path)).toEqual(['name.mmap', 'target']);
  });

  it.skipIf(process.geteuid?.() !== 0)('is refused when it belongs to another user (skipped: needs root)', () => {
    writeFileSync(file(), 'theirs');
    chownSync(file(), 65534, 65534);
    expect(() => make(100)).toThrow(coded('ERR_REGION_DENIED'));
    expect(readFileSync(file(), 'latin1')).toBe('theirs');
  });

  describe.skipIf(!canMount)(
    canMount ? 'on a full file system' : 'on a full file system (skipped: needs unshare)',
    () => {
      it('is refused with ERR_NO_SPACE, leaves no file, and what is mapped stays as it was', () => {
        const env = { ...process.env, JSONMMAP_SYSTEM: kind };
        const program = [process.execPath, join(programs, 'no-space.mjs')];
        const output = execFileSync('unshare', [...ownFileSystem, scratch.path, ...program], { env });
        expect(JSON.parse(output.toString())).toEqual({
          creating: 'ERR_NO_SPACE',
          filesAfterCreating: [],
          growing: 'ERR_NO_SPACE',
          sizeAfterGrowing: 65536,
          resizing: 'ERR_NO_SPACE',
          sizeAfterResizing: 65536,
          contents: 'kept',
          writtenAfterwards: 5,
        });
      });
    },
  );
});

function open(path: string, mode: number): void {
  writeFileSync(path, '');
  chmodSync(path, mode);
}
