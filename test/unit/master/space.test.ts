/** Limits of space: what does not fit is refused, the old version stands, and what fits later is taken. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, type Master } from '../../../src/index.js';
import { describeKinds } from '../region/kit.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';

interface Document {
  n: unknown;
  texts: Record<string, string>;
}

const EMPTY: Document = { n: 0, texts: {} };
const TEXT_BYTES = 3000;

function fileBytes(master: { sizes: Master['sizes'] }): number {
  return master.sizes().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Sets texts until one is refused; returns how many there are then. */
function fill(master: Master<Document>): number {
  for (let i = 0; ; i++) {
    const code = codeOf(() => master.set(`/texts/${i}`, 'x'.repeat(TEXT_BYTES)));
    if (code === undefined) continue;
    expect(code).toBe('ERR_TOO_LARGE');
    return i;
  }
}

describe.each([200_000, 1_000_000])('maxBytes %d', (maxBytes) => {
  it('is a limit that endless small changes never meet', () => {
    const master = openMaster<Document>(newDirectory(), { initial: EMPTY, maxBytes });
    for (let n = 0; n < 10_000; n++) {
      master.set('/n', n);
      if (n % 500 === 0) expect(fileBytes(master)).toBeLessThanOrEqual(maxBytes);
    }
  });

  it('is refused beyond, the old version stands, and everything can be taken back', () => {
    const dir = newDirectory();
    const master = openMaster<Document>(dir, { initial: EMPTY, maxBytes });
    const follower = openFollower<Document>(dir);
    const count = fill(master);
    expect(count * TEXT_BYTES).toBeGreaterThan(maxBytes / 4);
    expect(codeOf(() => master.write({ n: 0, texts: { large: 'x'.repeat(maxBytes) } }))).toBe('ERR_TOO_LARGE');
    expect(master.version).toBe(count + 1);
    expect(follower.version).toBe(count + 1);
    expect(Object.keys(follower.current.texts)).toHaveLength(count);

    for (let i = 0; i < count; i++) {
      expect(master.delete(`/texts/${i}`)).toBe(count + 2 + i);
      expect(fileBytes(master)).toBeLessThanOrEqual(maxBytes);
    }
    expect(follower.current).toEqual(EMPTY);
    expect(fill(master)).toBe(count);
    expect(master.write(EMPTY)).toBe(master.version);
    expect(check('region', { dir }).problems).toEqual([]);
  });

  it('is refused in a transaction, all of it', () => {
    const master = openMaster<Document>(newDirectory(), { initial: EMPTY, maxBytes });
    expect(codeOf(() => master.transaction(() => fillWithout(master)))).toBe('ERR_TOO_LARGE');
    expect(master.current).toEqual(EMPTY);
    expect(master.set('/n', 1)).toBe(2);
  });
});

function fillWithout(master: Master<Document>): void {
  for (let i = 0; ; i++) master.set(`/texts/${i}`, 'x'.repeat(TEXT_BYTES));
}

describe('a document that is written anew without likeness', () => {
  it.each<[string, (n: number) => unknown]>([
    [
      'texts in an array',
      (n) => Array.from({ length: 20_000 }, (_, i) => `text ${i} of the document ${n}, and of no other`),
    ],
    [
      'texts in an object',
      (n) => ({
        a: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`${i}`, `text ${i} of ${n}`.repeat(3)])),
      }),
    ],
    [
      'more of everything',
      (n) => Array.from({ length: 20_000 + n }, (_, i) => [`text ${i} of the document ${n}`.repeat(2)]),
    ],
    ['one long text', (n) => [`${n} `.repeat(400_000)]],
  ])('goes into a fresh segment before the old one has grown by a third and a step: %s', (_, make) => {
    const master = openMaster<unknown>(newDirectory(), { initial: make(1), history: 9 });
    for (let n = 2; n < 6; n++) master.write(make(n));
    const sizes = master.sizes().map(({ sizeBytes }) => sizeBytes);
    expect(sizes.length).toBe(5);
    for (const size of sizes) expect(size).toBeLessThan((sizes.at(-1) as number) * 1.45);
  });
});

describe('a document that shrinks', () => {
  interface Table {
    rows: unknown;
    n?: number;
  }
  const rows = Array.from({ length: 20_000 }, (_, i) => ({ i, text: `the text of row ${i}` }));
  const named = Object.fromEntries(rows.map((row) => [`row ${row.i}`, row]));

  it.each<[string, unknown, (master: Master<Table>) => unknown]>([
    ['write', rows, (master) => master.write({ rows: 0 })],
    ['set', rows, (master) => master.set('/rows', [])],
    ['delete', rows, (master) => master.delete('/rows')],
    [
      'deletes, one by one',
      named,
      (master) => {
        for (const { i } of rows) master.delete(['rows', `row ${i}`]);
      },
    ],
    ['patch', rows, (master) => master.patch([{ op: 'replace', path: '/rows', value: null }])],
    ['merge', named, (master) => master.merge({ rows: Object.fromEntries(rows.map(({ i }) => [`row ${i}`, null])) })],
    [
      'write of a part',
      named,
      (master) => master.write({ rows: Object.fromEntries(Object.entries(named).slice(0, 50)) }),
    ],
    ['write of a shorter array', rows, (master) => master.write({ rows: rows.slice(0, 50) })],
    [
      'update',
      rows,
      (master) =>
        master.update((draft) => {
          (draft.rows as unknown[]).length = 10;
        }),
    ],
    ['set of a long string', 'x'.repeat(1_000_000), (master) => master.set('/rows', '')],
  ])('by %s gives its space back', (_, value, shrink) => {
    const master = openMaster<Table>(newDirectory(), { initial: { rows: value } });
    expect(fileBytes(master)).toBeGreaterThan(900_000);
    shrink(master);
    expect(fileBytes(master)).toBeLessThan(450_000); // below 256 KiB of garbage nothing is copied
  });

  it('keeps its space when the values only move, or the transaction fails', () => {
    const master = openMaster<Table>(newDirectory(), { initial: { rows } });
    const [file] = master.sizes();
    master.patch([{ op: 'move', from: '/rows', path: '/moved' }]);
    master.patch([{ op: 'move', from: '/moved', path: '/rows' }]);
    const failing = () => {
      master.delete('/rows');
      throw new Error('stop');
    };
    for (let i = 0; i < 3; i++) expect(() => master.transaction(failing)).toThrow('stop');
    master.set('/n', 1);
    expect(master.sizes()).toEqual([file]);
    expect(master.size('/rows')).toBe(20_000);
  });
});

const PROGRAM = join(import.meta.dirname, '..', '..', 'programs', 'master-no-space.mjs');
const ownFileSystem = ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=1m none "$0" && exec "$@"'];
const canMount = spawnSync('unshare', [...ownFileSystem, '/mnt', 'true']).status === 0;
const why = canMount ? '' : ' (skipped: unshare -rm is not allowed)';

describeKinds('a full file system', (kind) => {
  it.skipIf(!canMount)(`refuses, keeps the old version, and is taken up again when there is space${why}`, () => {
    const mount = join(newDirectory(), 'mount');
    mkdirSync(mount);
    const command = [...ownFileSystem, mount, process.execPath, PROGRAM, mount];
    const output = execFileSync('unshare', command, { env: { ...process.env, JSONMMAP_SYSTEM: kind } });
    expect(JSON.parse(output.toString())).toEqual({
      filling: 'ERR_NO_SPACE',
      filled: true,
      tooLargeAtOnce: 'ERR_NO_SPACE',
      oldVersionStands: true,
      afterFreeing: 'no error',
      deleting: 'no error',
      churning: 'no error',
      newest: true,
      full: 'ENOSPC',
      creatingAnother: 'ERR_NO_SPACE',
      leftByThat: [],
      takingOver: 'no error',
      reading: true,
    });
  });
});

describe('a large write that is taken back', () => {
  const LARGE = Array.from({ length: 100_000 }, (_, i) => `text number ${i}`);
  const FEW_BYTES = 256 * 1024;

  function refused(master: Master<Document>): void {
    const body = () => {
      master.set('/texts/large', LARGE);
      throw new Error('taken back');
    };
    expect(() => master.transaction(body)).toThrow('taken back');
    expect(fileBytes(master)).toBeGreaterThan(LARGE.length * 8);
  }

  it('leaves no space behind but until the next one, which is the only one that copies', () => {
    const master = openMaster<Document>(newDirectory(), { initial: EMPTY });
    refused(master);
    const paths = Array.from({ length: 20 }, (_, n) => {
      master.set('/n', n + 1);
      expect(fileBytes(master)).toBeLessThan(FEW_BYTES);
      return master.sizes().at(-1)?.path;
    });
    expect(new Set(paths).size).toBe(1);
    expect(master.current).toEqual({ n: 20, texts: {} });
  });

  it('leaves none behind for the next master either', () => {
    const dir = newDirectory();
    const first = openMaster<Document>(dir, { initial: EMPTY });
    refused(first);
    first.close();
    const next = openMaster<Document>(dir);
    next.set('/n', 1);
    expect(fileBytes(next)).toBeLessThan(FEW_BYTES);
    expect(openFollower<Document>(dir).current).toEqual({ n: 1, texts: {} });
  });

  it('is no reason to copy when it was small beside the document', () => {
    const master = openMaster<Document>(newDirectory(), { initial: { n: LARGE, texts: {} } });
    const path = master.sizes().at(-1)?.path;
    for (let i = 0; i < 20; i++) {
      const body = () => {
        master.set('/texts/some', LARGE.slice(0, 5000));
        throw new Error('taken back');
      };
      expect(() => master.transaction(body)).toThrow('taken back');
      master.set(`/texts/n`, `${i}`);
    }
    expect(master.sizes().at(-1)?.path).toBe(path);
  });
});
