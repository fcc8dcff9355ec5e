/** The two copies that a process can load, as an ES module and as CommonJS: which one it gets, and that both together are safe. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from './checkout.js';
import { installInto } from './installed.js';

let project: string;

beforeAll(() => {
  project = temporaryDirectory();
  installInto(project);
});

afterAll(() => rmSync(project, { recursive: true }));

function run(program: string, extension: 'mjs' | 'cjs'): unknown {
  const path = join(project, `program.${extension}`);
  writeFileSync(path, program);
  return JSON.parse(execFileSync(process.execPath, [path, join(project, 'regions')], { encoding: 'utf8' }));
}

it('import and require give one and the same copy', () => {
  const program = `
    import { createRequire } from 'node:module';
    import { JsonMmapError, Master } from 'jsonmmap';
    import { Mmap } from 'jsonmmap/mmap';
    const required = createRequire(import.meta.url)('jsonmmap');
    console.log(JSON.stringify([required.Master === Master, required.JsonMmapError === JsonMmapError, required.Mmap === Mmap]));
  `;
  expect(run(program, 'mjs')).toEqual([true, true, true]);
});

describe('two copies in one process', () => {
  const load = `
    const load = async () => [await import('jsonmmap'), require('./node_modules/jsonmmap/dist/index.cjs')];
    const dir = process.argv[2];
    const print = (value) => console.log(JSON.stringify(value));
  `;

  it('are told apart by nothing but identity: each has the same exports', () => {
    expect(
      run(
        `${load}load().then(([a, b]) => print([a.Master === b.Master, Object.keys(a).sort(), Object.keys(b).sort()]));`,
        'cjs',
      ),
    ).toEqual([
      false,
      ...Array(2).fill(expect.arrayContaining(['Follower', 'JsonMmapError', 'Master', 'Mmap', 'ObjectMmap', 'check'])),
    ]);
  });

  it('exclude each other as masters, and read what the other writes', () => {
    const program = `${load}
      load().then(([a, b]) => {
        const master = a.Master.open('copies', { dir, initial: { n: 1 } });
        const follower = b.Follower.open('copies', { dir });
        let refusal;
        try { b.Master.open('copies', { dir }); } catch (error) { refusal = error; }
        master.set('/n', 2);
        print([refusal.code, refusal.pid === process.pid, follower.current, refusal instanceof a.JsonMmapError]);
        follower.close();
        master.close();
        b.Master.open('copies', { dir }).close();
      });`;
    expect(run(program, 'cjs')).toEqual(['ERR_REGION_LOCKED', true, { n: 2 }, true]);
  });
});
