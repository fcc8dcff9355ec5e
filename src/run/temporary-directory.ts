/** A directory of ours under the temporary directory of the system. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../command-error.js';
import { errnoOf, systemError } from '../errors.js';

const OWNER_ONLY = 0o700;

/** Makes a directory that only this user can use; the caller removes it. @throws `ERR_DIRECTORY`, `ERR_NO_SPACE`, `ERR_REGION_DENIED`, `ERR_SYSTEM` */
export function makeTemporaryDirectory(): string {
  const parent = tmpdir();
  try {
    const made = mkdtempSync(join(parent, 'jsonmmap-'));
    chmodSync(made, OWNER_ONLY); // umask has taken from the mode
    return made;
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? ''))
      throw systemError(error, `make a directory in ${parent}`);
    throw new CommandError('ERR_DIRECTORY', `the temporary directory ${parent} does not exist`, {
      cause: error,
      cure: 'create it, or name another with TMPDIR',
    });
  }
}
