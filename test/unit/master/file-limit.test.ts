/** A limit of the length of files is no full file system: it has its own code and cure, and a copy helps only where it would be shorter. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemError } from '../../../src/errors.js';
import { describeKinds } from '../region/kit.js';
import { newDirectory } from './kit.js';

const PROGRAM = join(import.meta.dirname, '..', '..', 'programs', 'master-file-limit.mjs');
const REFUSED = 'ERR_TOO_LARGE EFBIG names the limit';

describeKinds('a limit of file sizes (ulimit -f)', (kind) => {
  it('refuses what is beyond it, and everything below goes on', () => {
    const args = ['-c', 'ulimit -f 1024 && exec "$1" "$2" "$3"', 'sh', process.execPath, PROGRAM, newDirectory()];
    const said = execFileSync('sh', args, { env: { ...process.env, JSONMMAP_SYSTEM: kind }, encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual({
      value: REFUSED,
      copiesForValue: 0,
      patch: REFUSED.replace('EFBIG', 'ERR_TOO_LARGE'), // the operation's error has the other one as its cause
      copiesForPatch: 0,
      document: REFUSED,
      versionStands: [1, 1],
      filled: REFUSED,
      textsStand: true,
      deleted: 'done',
      churn: 'done',
      churnCopies: true,
      n: 5000,
      whole: true,
      again: 'done',
    });
  });
});

it('has a code wherever it is met', () => {
  const error = systemError(Object.assign(new Error('EFBIG'), { code: 'EFBIG' }), 'reserve 1 byte');
  expect(error).toMatchObject({ code: 'ERR_TOO_LARGE', message: expect.stringContaining('LimitFSIZE=') });
});
