/** How many descriptors a process wants until it has the library, beside what Node wants for any module. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryDirectory } from './checkout.js';
import { installInto } from './installed.js';

const ENOUGH = 256;

let project: string;

beforeAll(() => {
  project = temporaryDirectory();
  installInto(project);
  writeFileSync(join(project, 'empty.mjs'), '');
  writeFileSync(join(project, 'importing.mjs'), "import 'jsonmmap';\n");
  writeFileSync(
    join(project, 'opening.mjs'),
    `import { closeSync, openSync } from 'node:fs';
    import { Master } from 'jsonmmap';
    const taken = [];
    try {
      for (;;) taken.push(openSync('/dev/null'));
    } catch {}
    for (const fd of taken.slice(0, Number(process.argv[3]))) closeSync(fd);
    try {
      Master.open('few', { dir: process.argv[2], initial: 1 }).close();
    } catch ({ code, message }) {
      console.log(code, message);
    }`,
  );
});

afterAll(() => rmSync(project, { recursive: true }));

/** @param left how many the program leaves free before it opens a region */
function run(program: string, descriptors: number, left = 0) {
  const script = `ulimit -n ${descriptors}; exec "$0" "$@"`;
  const args = ['-c', script, process.execPath, join(project, program), join(project, 'regions'), String(left)];
  return spawnSync('sh', args, { encoding: 'utf8', env: { ...process.env, NODE_V8_COVERAGE: undefined } });
}

/** The smallest limit with which `program` ends well. */
function wanted(program: string): number {
  let [low, high] = [1, ENOUGH];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (run(program, middle).status === 0) high = middle;
    else low = middle + 1;
  }
  return high;
}

it('the import wants a few more than an empty module does', () => {
  const empty = wanted('empty.mjs');
  const importing = wanted('importing.mjs');
  expect(importing).toBeLessThan(ENOUGH);
  expect(importing - empty).toBeLessThanOrEqual(4);
});

it('what is short of them says so, with a code', () => {
  const outputs = Array.from({ length: 10 }, (_, left) => run('opening.mjs', ENOUGH, left));
  const refused = outputs.map(({ stdout }) => stdout).filter((line) => line !== '');
  expect(refused.length).toBeGreaterThan(0);
  for (const line of refused)
    expect(line).toMatch(
      /^ERR_\w+ could not .*: too many files are open \(EMFILE\); close some, or raise the limit \(ulimit -n\)$/m,
    );
  expect(outputs.map(({ stderr }) => stderr).filter((text) => text.includes('Error'))).toEqual([]);
});
