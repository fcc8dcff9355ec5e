/** `check`: what it says of a region that is as it should be, and of one that is not. */
import { closeSync, copyFileSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, type Master, type Problem, remove } from '../../../src/index.js';
import { codeOf, newDirectory, openMaster } from './kit.js';

const DOCUMENT = { rows: Array.from({ length: 200 }, (_, i) => ({ i, text: `the row ${i}` })), n: 0 };

let dir: string;
let master: Master;
beforeEach(() => {
  dir = newDirectory();
  master = openMaster(dir, { initial: DOCUMENT, history: 3 });
  for (let n = 1; n <= 5; n++) master.set('/n', n);
});

describe('check of a sound region', () => {
  it('reports versions, files and what they hold', () => {
    const report = check('region', { dir });
    expect(report).toMatchObject({ name: 'region', version: 6, ok: true, problems: [], versions: [6, 5, 4], depth: 3 });
    expect(report.files.map(({ path }) => path)).toEqual([join(dir, 'region.ctl'), join(dir, 'region.1.seg')]);
    expect(report.files[1].sizeBytes).toBe(master.sizes()[0].sizeBytes);
    expect(report.containers).toBe(202);
    expect(report.strings).toBeGreaterThanOrEqual(200);
    expect(report.liveBytes).toBeGreaterThan(200 * 24);
    expect(report.liveBytes).toBeLessThan(report.usedBytes);
    expect(report.usedBytes).toBeLessThanOrEqual(report.files[1].sizeBytes);
  });

  it('looks into as many versions as asked', () => {
    expect(check('region', { dir, versions: 1 }).versions).toEqual([6]);
    expect(check('region', { dir, versions: Number.POSITIVE_INFINITY }).versions).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('says of a region without a document that there is nothing', () => {
    openMaster(dir, {}, 'empty');
    expect(check('empty', { dir })).toMatchObject({
      version: 0,
      ok: true,
      versions: [],
      usedBytes: 0,
      liveBytes: 0,
      nodes: 0,
    });
  });

  it.each<[string, object, string]>([
    ['nowhere', {}, 'ERR_REGION_NOT_FOUND'],
    ['no/name', {}, 'ERR_INVALID_NAME'],
    ['region', { version: 1 }, 'ERR_INVALID_ARG'],
    ['region', { versions: 0 }, 'ERR_INVALID_ARG'],
    ['region', { versions: 'all' }, 'ERR_INVALID_ARG'],
  ])('refuses %s with %o', (name, options, code) => {
    expect(codeOf(() => check(name, { dir, ...options }))).toBe(code);
  });
});

describe('check of a damaged region', () => {
  const segment = () => join(dir, 'region.1.seg');
  const control = () => join(dir, 'region.ctl');
  beforeEach(() => {
    master.close();
  });
  afterEach(() => {
    remove('region', { dir });
  });

  function overwrite(path: string, offset: number, bytes: Uint8Array): void {
    const fd = openSync(path, 'r+');
    writeSync(fd, bytes, 0, bytes.length, offset);
    closeSync(fd);
  }

  function problems(): readonly Problem[] {
    const report = check('region', { dir });
    expect(report.ok).toBe(false);
    return report.problems;
  }

  it('finds a node that was overwritten, and names file and version', () => {
    const { usedBytes } = check('region', { dir });
    overwrite(segment(), usedBytes - 64, new Uint8Array(64).fill(255));
    expect(problems()[0]).toMatchObject({
      severity: 'error',
      path: segment(),
      message: expect.stringMatching(/^version 6: /),
    });
  });

  it('finds a commit record that was overwritten', () => {
    overwrite(control(), 4096 + 6 * 64 + 20, Uint8Array.of(1));
    expect(problems()).toEqual([
      expect.objectContaining({ severity: 'error', path: control(), message: expect.stringContaining('version 6') }),
    ]);
  });

  it('finds a segment that is cut short, gone, or of another region', () => {
    truncateSync(segment(), 4096);
    expect(problems()[0]).toMatchObject({ severity: 'error', path: segment() });
    rmSync(segment());
    expect(problems()[0]).toMatchObject({
      severity: 'error',
      path: segment(),
      message: expect.stringContaining('not there'),
    });
    openMaster(dir, { initial: 1 }, 'other').close();
    copyFileSync(join(dir, 'other.1.seg'), segment());
    expect(problems()[0]).toMatchObject({ severity: 'error', path: segment() });
    remove('other', { dir });
  });

  it('finds a control file that no master wrote', () => {
    writeFileSync(control(), 'x'.repeat(30_000));
    const report = check('region', { dir });
    expect(report).toMatchObject({
      version: 0,
      ok: false,
      versions: [],
      problems: [{ severity: 'error', path: control() }],
    });
  });

  it('finds what a dead master left, which harms nobody', () => {
    const orphan = join(dir, 'region.7.seg');
    const unfinished = join(dir, 'region.0123456789abcdef.tmp');
    writeFileSync(orphan, 'x');
    writeFileSync(unfinished, 'x');
    expect(problems().map(({ severity, path }) => [severity, path])).toEqual([
      ['leftover', orphan],
      ['leftover', unfinished],
    ]);
    expect(check('region', { dir })).toMatchObject({ version: 6, versions: [6, 5, 4] });
    openMaster(dir).close();
    expect(check('region', { dir }).ok).toBe(true);
  });
});

describe('check beside a master that goes on', () => {
  it('finds nothing wrong', () => {
    const other = openMaster<unknown>(dir, { initial: {} }, 'other');
    for (let i = 0; i < 300; i++) {
      other.set(`/k${i % 7}`, `${i} `.repeat(3000));
      if (i % 20 === 0) expect(check('other', { dir, versions: 5 })).toMatchObject({ ok: true, version: i + 2 });
    }
  });
});
