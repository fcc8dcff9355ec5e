/** One rule for every file and directory that is mapped or searched. */
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JsonMmapError } from '../../../src/errors.js';
import { Mmap } from '../../../src/mmap/mmap.js';
import { openTrusted } from '../../../src/region/files/files.js';
import { distrust, ownUser } from '../../../src/system/trust.js';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jsonmmap-trust-'));
  file = join(dir, 'tag.mmap');
  writeFileSync(file, 'x'.repeat(64), { mode: 0o600 });
  vi.stubEnv('JSONMMAP_DIR', dir);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

const denied = expect.objectContaining({ code: 'ERR_REGION_DENIED' });

describe('trust', () => {
  it.each([
    ['a file of ours', () => {}, undefined],
    ['a group may write', () => chmodSync(file, 0o620), 'mode'],
    ['everybody may write', () => chmodSync(file, 0o602), 'mode'],
    ['others may read', () => chmodSync(file, 0o644), undefined],
  ])('%s: the same for region files and named memory', (_, prepare, fault) => {
    prepare();
    expect(distrust(lstatSync(file), 'file')?.fault).toBe(fault);
    if (fault === undefined) {
      expect(openTrusted(file, 'read')).toBeGreaterThan(0);
      new Mmap(-1, 64, { tagname: 'tag' }).close();
    } else {
      expect(() => openTrusted(file, 'read')).toThrow(denied);
      expect(() => new Mmap(-1, 64, { tagname: 'tag' })).toThrow(denied);
    }
  });

  it.skipIf(process.getuid?.() !== 0)('is in the effective user, whose id new files get (skipped: needs root)', () => {
    // As in a set-user-id program: real and effective user differ, and the kernel goes by the effective one.
    vi.spyOn(process, 'geteuid').mockReturnValue(4321);
    vi.spyOn(process, 'getuid').mockReturnValue(1234);
    chownSync(file, 4321, 4321);
    expect(ownUser()).toBe(4321);
    expect(openTrusted(file, 'read')).toBeGreaterThan(0);
    new Mmap(-1, 64, { tagname: 'tag' }).close();
    chownSync(file, 1234, 1234);
    expect(() => openTrusted(file, 'read')).toThrow(denied);
    expect(() => new Mmap(-1, 64, { tagname: 'tag' })).toThrow(denied);
    expect(openTrusted(file, 'read', 1234)).toBeGreaterThan(0);
  });

  it('wants the type that it is told', () => {
    symlinkSync(file, join(dir, 'link'));
    mkdirSync(join(dir, 'directory'));
    expect(distrust(lstatSync(join(dir, 'link')), 'file')?.fault).toBe('type');
    expect(distrust(lstatSync(join(dir, 'link')), 'directory')?.fault).toBe('type');
    expect(distrust(lstatSync(join(dir, 'directory')), 'file')?.fault).toBe('type');
    expect(distrust(lstatSync(file), 'directory')?.fault).toBe('type');
    expect(() => openTrusted(join(dir, 'link'), 'read')).toThrow(JsonMmapError);
  });
});
