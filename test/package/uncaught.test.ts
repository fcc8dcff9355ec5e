import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

// Node prints the line that threw: once the bundles had one line each, and an error that nobody caught filled the terminal with all of it.
it.each([
  ['ES module', "import { Follower } from 'jsonmmap'; Follower.open('missing');", ['--input-type=module']],
  ['CommonJS', "require('jsonmmap').Follower.open('missing');", []],
])('an uncaught error of the %s is a message and a stack trace that a person can read', (_, program, options) => {
  const dir = mkdtempSync(join(tmpdir(), 'jsonmmap-uncaught-'));
  try {
    const env = { ...process.env, JSONMMAP_DIR: dir };
    const { stderr } = spawnSync(process.execPath, [...options, '-e', program], { env, encoding: 'utf8' });
    expect(stderr).toContain('ERR_REGION_NOT_FOUND');
    expect(stderr).toContain('at Follower.open');
    expect(stderr.length).toBeLessThan(3000);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
