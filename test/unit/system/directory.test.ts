import fs, {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkName, regionDirectory } from '../../../src/system/directory.js';

const modeOf = (path: string) => statSync(path).mode & 0o7777;
let scratch: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'jsonmmap-directory-'));
});
afterEach(() => {
  delete process.env.JSONMMAP_DIR;
  rmSync(scratch, { recursive: true, force: true });
});

describe('names', () => {
  it.each(['a', '9', 'share_mmap', 'App-config.2', `x${'y'.repeat(99)}`])('%j is a name', (name) => {
    expect(checkName(name)).toBe(name);
  });

  const bad = ['', '.', '..', '.hidden', '-x', '_x', 'a/b', '../up', 'a\0b', 'a\n', 'a b', 'é', `x${'y'.repeat(100)}`];
  it.each([...bad, 7, null, undefined, {}])('%j is not', (name) => {
    expect(() => checkName(name as string)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_NAME' }));
  });
});

describe('a directory that the user names', () => {
  it('gives no other directory its mode, whoever takes its place at the last moment', () => {
    const path = join(scratch, 'shared');
    const victim = join(scratch, 'victim');
    mkdirSync(victim, { mode: 0o700 });
    const make = fs.mkdirSync;
    fs.mkdirSync = ((...parameters: Parameters<typeof make>) => {
      const made = make(...parameters);
      rmdirSync(path);
      symlinkSync(victim, path);
      return made;
    }) as typeof make;
    syncBuiltinESMExports();
    try {
      expect(regionDirectory(path, 0o644)).toBe(path); // a directory that is named may be a link
    } finally {
      fs.mkdirSync = make;
      syncBuiltinESMExports();
    }
    expect(modeOf(victim)).toBe(0o700);
  });

  it('is created with what is missing above it, for its owner alone', () => {
    const path = join(scratch, 'a', 'b');
    expect(regionDirectory(path)).toBe(path);
    expect(modeOf(path)).toBe(0o700);
  });

  it.each([
    [0o600, 0o700],
    [0o640, 0o750],
    [0o660, 0o750],
    [0o644, 0o755],
    [0o604, 0o705],
  ])('for files of mode %o has mode %o, whatever the umask', (fileMode, expected) => {
    const umask = process.umask(0o077);
    try {
      expect(modeOf(regionDirectory(join(scratch, 'new'), fileMode))).toBe(expected);
    } finally {
      process.umask(umask);
    }
  });

  it('comes from JSONMMAP_DIR when no argument says otherwise', () => {
    process.env.JSONMMAP_DIR = join(scratch, 'env');
    expect(regionDirectory()).toBe(join(scratch, 'env'));
    expect(regionDirectory(join(scratch, 'argument'))).toBe(join(scratch, 'argument'));
  });

  it('may exist, keeps its mode, and may be a symbolic link', () => {
    mkdirSync(join(scratch, 'real'));
    chmodSync(join(scratch, 'real'), 0o777);
    symlinkSync(join(scratch, 'real'), join(scratch, 'link'));
    expect(regionDirectory(join(scratch, 'link'), 0o644)).toBe(join(scratch, 'link'));
    expect(modeOf(join(scratch, 'real'))).toBe(0o777);
  });

  it('is refused when it is a file, below a file, or a link to nowhere', () => {
    writeFileSync(join(scratch, 'file'), '');
    symlinkSync(join(scratch, 'nowhere'), join(scratch, 'dangling'));
    for (const name of ['file', 'file/below', 'dangling']) {
      expect(() => regionDirectory(join(scratch, name)), name).toThrow(
        expect.objectContaining({ code: 'ERR_DIRECTORY', message: expect.stringContaining(join(scratch, name)) }),
      );
    }
    expect(readdirSync(scratch).sort()).toEqual(['dangling', 'file']);
  });

  it.each([
    ['', 0o600],
    ['a\0b', 0o600],
    [7, 0o600],
    [null, 0o600],
    ['x', -1],
    ['x', 0o1000],
    ['x', 1.5],
    ['x', '600'],
  ])('is refused for the arguments (%j, %j)', (dir, mode) => {
    expect(() => regionDirectory(dir as string, mode as number)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG' }),
    );
  });
});

/** Under the number of a user that does not exist, so that nobody's real directory is touched. */
describe('the directory of a user', () => {
  const uid = 1_000_000_000 + process.pid;
  const path = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `jsonmmap-${uid}`);

  beforeEach(() => {
    vi.spyOn(process, 'geteuid').mockReturnValue(uid);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(path, { recursive: true, force: true });
  });

  it.skipIf(process.geteuid?.() !== 0)(
    'is for its owner alone until a region is for more (skipped: needs root)',
    () => {
      expect(regionDirectory()).toBe(path);
      expect(modeOf(path)).toBe(0o700);
      chownSync(path, uid, uid);
      regionDirectory(undefined, 0o644);
      expect(modeOf(path)).toBe(0o755);
      regionDirectory(undefined, 0o600);
      expect(modeOf(path)).toBe(0o755);
    },
  );

  it.skipIf(process.geteuid?.() !== 0)('is refused when another user has made it first (skipped: needs root)', () => {
    mkdirSync(path);
    chownSync(path, uid + 1, uid + 1);
    expect(() => regionDirectory()).toThrow(expect.objectContaining({ code: 'ERR_DIRECTORY' }));
  });

  it.each([
    ['a symbolic link', () => symlinkSync(scratch, path)],
    ['a link to nowhere', () => symlinkSync(join(scratch, 'nowhere'), path)],
    ['a file', () => writeFileSync(path, '')],
    ['writable for others', () => chmodSync(mkdirSync(path, { recursive: true }) as string, 0o1777)],
  ])('is refused when it is %s', (_what, make) => {
    make();
    expect(() => regionDirectory()).toThrow(expect.objectContaining({ code: 'ERR_DIRECTORY' }));
    expect(readdirSync(scratch)).toEqual([]);
  });
});
