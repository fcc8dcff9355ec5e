import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noDisk } from '../unit/region/kit.js';

const ROOT = join(import.meta.dirname, '..', '..');
const DEADLINE_MS = 30_000;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'guide-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test.for([...programs('GUIDE.md'), ...programs('METRICS.md')])('the program of $title', async (program, { skip }) => {
  skip(noDisk !== '' && program.code.includes("durability: 'disk'"), noDisk);
  await expectPrints(program);
});

/** What one section of the page leaves, the next one goes on with. */
test('docs/API.md, its programs one after the other', async () => {
  const found = programs('API.md').filter(({ code }) => !code.includes('jsonmmap/upstream')); // test/upstream/documentation.test.ts has a server
  expect(found.length).toBeGreaterThan(1);
  for (const program of found) await expectPrints(program);
});

async function expectPrints({ code, prints }: Program): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: ROOT, // where the package finds itself, and the others, by name
    env: { ...process.env, JSONMMAP_DIR: directory, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
  });
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect({ code: status, err, lines: out.split('\n').slice(0, -1) }).toEqual({ code: 0, err: '', lines: prints });
}

interface Program {
  readonly title: string;
  readonly code: string;
  /** What follows each arrow, a line each. */
  readonly prints: string[];
}

/** The JavaScript of each section of a page. */
function programs(page: string): Program[] {
  return readFileSync(join(ROOT, 'docs', page), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const code = [...section.matchAll(/^```js\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');
      const prints = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line);
      return { title: section.slice(0, section.indexOf('\n')), code, prints };
    })
    .filter(({ code }) => code !== '');
}
