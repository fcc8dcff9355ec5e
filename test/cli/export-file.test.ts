import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeFileFor } from '../../src/cli/files/write-file.js';
import { Master } from '../../src/index.js';
import { dir, jsonmmap, main, othersMayRun } from './command.js';

const TEXT = '{"a":1}\n';
const isRoot = process.getuid?.() === 0;
let place: string;

const at = (name: string): string => join(place, name);
const modeOf = (path: string): number => statSync(path).mode & 0o7777;

/** Exports the document to `path`, and nothing is left beside what was there. */
async function exported(path: string): Promise<void> {
  const before = new Set([...readdirSync(place), path.split('/').at(-1)]);
  expect(await jsonmmap(['export', 'doc', '--compact', '--output', path])).toMatchObject({ code: 0, stdout: '' });
  for (const name of readdirSync(place)) expect(before).toContain(name);
}

/** Runs a script of the shell, in which `jsonmmap` is the command and the place the directory. */
function shell(script: string, ...before: string[]): { code: number | null; stdout: string; stderr: string } {
  const text = `jsonmmap() { '${process.execPath}' '${main}' "$@"; }\ncd '${place}'\n${script}`;
  const [file, ...args] = [...before, 'bash', '--norc', '-euc', text]; // it takes a socket for a login from elsewhere
  const env = { ...process.env, JSONMMAP_DIR: dir };
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env, timeout: 30_000 });
  return { code: status, stdout, stderr };
}

const canMount = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;

beforeAll(() => {
  Master.open('doc', { dir, initial: { a: 1 } }).close();
  Master.open('big', { dir, initial: Array(50_000).fill('some text') }).close();
});

beforeEach(() => {
  place = mkdtempSync(join(dir, 'place-'));
});

describe('export --output to a regular file', () => {
  it('makes a new one with the mode that the umask leaves', async () => {
    await exported(at('new.json'));
    expect(readFileSync(at('new.json'), 'utf8')).toBe(TEXT);
    expect(modeOf(at('new.json'))).toBe(0o666 & ~process.umask());
  });

  it.each([0o600, 0o640, 0o755])('replaces one whole and keeps its mode %o', async (mode) => {
    writeFileSync(at('old'), 'old, and much longer than the new one is');
    chmodSync(at('old'), mode);
    const { ino } = statSync(at('old'));
    await exported(at('old'));
    expect(readFileSync(at('old'), 'utf8')).toBe(TEXT);
    expect(modeOf(at('old'))).toBe(mode);
    expect(statSync(at('old')).ino).not.toBe(ino); // replaced: who reads the old one reads it to its end
  });

  it.skipIf(!isRoot)('keeps owner and group (needs root)', async () => {
    writeFileSync(at('theirs'), 'old');
    chmodSync(at('theirs'), 0o640);
    chownSync(at('theirs'), 12345, 23456);
    await exported(at('theirs'));
    const { uid, gid } = statSync(at('theirs'));
    expect({ uid, gid, mode: modeOf(at('theirs')) }).toEqual({ uid: 12345, gid: 23456, mode: 0o640 });
  });

  it.skipIf(!isRoot || !othersMayRun)(
    'writes over one whose owner it may not set, and keeps it (needs root, and a checkout that others may enter)',
    async () => {
      chmodSync(dir, 0o711);
      chmodSync(place, 0o777);
      writeFileSync(at('shared'), 'old, and much longer than the new one is');
      chmodSync(at('shared'), 0o666);
      const regions = mkdtempSync(join(dir, 'regions-'));
      const [uid, gid] = [12345, 23456];
      chownSync(regions, uid, gid);
      const asOther = (args: string[], input?: string) =>
        execFileSync(process.execPath, [main, ...args], {
          uid,
          gid,
          input,
          stdio: ['pipe', 'pipe', 'ignore'],
          env: { ...process.env, JSONMMAP_DIR: regions },
        });
      asOther(['publish', 'doc'], '"new"');
      asOther(['export', 'doc', '--output', at('shared')]);
      expect(readFileSync(at('shared'), 'utf8')).toBe('"new"\n');
      expect(statSync(at('shared')).uid).toBe(0);
      expect(readdirSync(place)).toEqual(['shared']);
    },
  );

  it('keeps extended attributes', async ({ skip }) => {
    writeFileSync(at('tagged'), 'old');
    const python = (code: string) => spawnSync('python3', ['-c', `import os; ${code}`], { encoding: 'utf8' });
    skip(
      python(`os.setxattr('${at('tagged')}', 'user.tag', b'kept')`).status !== 0,
      'needs python3, and a file system with attributes',
    );
    skip(spawnSync('cp', ['--attributes-only', '--version']).status !== 0, 'needs cp of GNU');
    await exported(at('tagged'));
    expect(readFileSync(at('tagged'), 'utf8')).toBe(TEXT);
    expect(python(`print(os.getxattr('${at('tagged')}', 'user.tag'))`).stdout).toBe("b'kept'\n");
  });

  it('writes over one that has a second name, so that both have the new content', async () => {
    writeFileSync(at('one'), 'old, and much longer than the new one is');
    linkSync(at('one'), at('two'));
    await exported(at('one'));
    expect(readFileSync(at('two'), 'utf8')).toBe(TEXT);
  });

  it('takes a name as long as a name can be', async () => {
    await exported(at('n'.repeat(255)));
    await exported(at('n'.repeat(255)));
    expect(readFileSync(at('n'.repeat(255)), 'utf8')).toBe(TEXT);
  });

  it('refuses one that this user may not write (by its mode; root may write any)', async ({ skip }) => {
    skip(isRoot, 'root may write any file');
    writeFileSync(at('protected'), 'old');
    chmodSync(at('protected'), 0o444);
    expect(await jsonmmap(['export', 'doc', '--output', at('protected')])).toMatchObject({ code: 7 });
    expect(readFileSync(at('protected'), 'utf8')).toBe('old');
  });

  it('leaves the old one, and nothing beside it, when the new one fails or is interrupted', async () => {
    writeFileSync(at('old'), 'old');
    const failing = writeFileFor(at('old'), async (write) => {
      await write('new');
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    const exitCode = process.exitCode;
    const interrupted = await writeFileFor(at('old'), async (write) => {
      await write('new');
      process.emit('SIGINT');
      await write('more');
    });
    expect({ interrupted, code: process.exitCode }).toEqual({ interrupted: undefined, code: 130 });
    process.exitCode = exitCode;
    expect(readdirSync(place)).toEqual(['old']);
    expect(readFileSync(at('old'), 'utf8')).toBe('old');
  });

  it.each([
    ['no/such/file', 'the directory of', 'create it first'],
    ['directory', 'is a directory', 'name a file in it'],
    ['loop', 'ELOOP', ''],
  ])('%s: %s', async (name, message, cure) => {
    mkdirSync(at('directory'));
    symlinkSync('loop', at('loop'));
    const { code, stderr } = await jsonmmap(['export', 'doc', '--output', at(name)]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
    expect(stderr).toContain(cure);
  });
});

describe('export --output to a link', () => {
  it('writes the file at its end, through several links, and they stay links', async () => {
    mkdirSync(at('there'));
    writeFileSync(at('there/file'), 'old');
    symlinkSync('there/file', at('inner'));
    symlinkSync(at('inner'), at('outer'));
    await exported(at('outer'));
    expect(readlinkSync(at('outer'))).toBe(at('inner'));
    expect(readlinkSync(at('inner'))).toBe('there/file');
    expect(readFileSync(at('there/file'), 'utf8')).toBe(TEXT);
    expect(readdirSync(at('there'))).toEqual(['file']);
  });

  it('makes the file that a dangling link names', async () => {
    mkdirSync(at('there'));
    symlinkSync('there/file', at('dangling'));
    await exported(at('dangling'));
    expect(lstatSync(at('dangling')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('there/file'), 'utf8')).toBe(TEXT);
  });
});

describe('export --output to what is no file', () => {
  it('writes to a device, which stays one', async () => {
    await exported('/dev/null');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.skipIf(!isRoot)('writes to a device in a directory that it could replace it in (needs root)', async ({ skip }) => {
    skip(spawnSync('mknod', [at('null'), 'c', '1', '3']).status !== 0, 'needs mknod');
    const { ino } = statSync(at('null'));
    await exported(at('null'));
    expect(statSync(at('null')).isCharacterDevice()).toBe(true);
    expect(statSync(at('null')).ino).toBe(ino);
  });

  it('writes to a named pipe, which stays one', () => {
    const script = 'mkfifo pipe; cat pipe > got & jsonmmap export doc -c -o pipe; wait; test -p pipe; cat got';
    expect(shell(script)).toMatchObject({ code: 0, stdout: TEXT });
  });

  it('writes to /dev/stdout whatever that is: a pipe, a file, the end of a file', () => {
    const script = `
      jsonmmap export doc -c -o /dev/stdout | cat
      jsonmmap export doc -c -o /dev/stdout > file; cat file
      echo before > log; jsonmmap export doc -c -o /proc/self/fd/1 >> log; cat log; ls`;
    expect(shell(script)).toMatchObject({ code: 0, stdout: `${TEXT}${TEXT}before\n${TEXT}file\nlog\n` });
  });

  it('ends quietly when the reader of a pipe has seen enough', () => {
    const script =
      'mkfifo pipe; head -c 1 pipe & jsonmmap export big -o pipe; jsonmmap export big -o /dev/stdout | head -c 1';
    expect(shell(script)).toMatchObject({ code: 0, stdout: '[[', stderr: '' });
  });
});

describe('export --output under a mount', () => {
  it.skipIf(!canMount)('writes over a file that is mounted by itself, as containers have it (needs root)', () => {
    const script = `
      echo old and much longer than the new one > outside; echo > inside
      mount --bind outside inside
      jsonmmap export doc -c -o inside; cat inside; umount inside; cat outside; ls`;
    const { code, stdout } = shell(script, 'unshare', '-m');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${TEXT}${TEXT}inside\noutside\n` });
  });

  it.skipIf(!canMount)('writes over a file in a directory that takes no new one (needs root)', () => {
    const script = `
      mkdir closed; echo old and much longer than the new one > outside; echo > closed/file
      mount --bind closed closed; mount -o remount,ro,bind closed
      mount --bind outside closed/file
      jsonmmap export doc -c -o closed/file; cat closed/file; ls closed`;
    const { code, stdout } = shell(script, 'unshare', '-m');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${TEXT}file\n` });
  });
});
