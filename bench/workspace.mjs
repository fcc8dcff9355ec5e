// Where a run keeps its files: the prepared documents, and one directory of regions for each trial. In shared memory, where regions live.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from './child.mjs';

/** Makes the directory of a run, with the prepared large document in it; `remove` it at the end. */
export async function makeWorkspace() {
  const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'jsonmmap-bench-'));
  const remove = () => rmSync(root, { recursive: true, force: true });
  process.env.BENCH_PREPARED = join(root, 'prepared');
  mkdirSync(process.env.BENCH_PREPARED, { mode: 0o700 });
  try {
    await fork('documents/prepare.mjs', [], { directory: process.env.BENCH_PREPARED });
  } catch (error) {
    remove();
    throw error;
  }
  return {
    remove,
    directoryFor(id) {
      const directory = join(root, id);
      mkdirSync(directory, { mode: 0o700 });
      return directory;
    },
    clear(id) {
      rmSync(join(root, id), { recursive: true, force: true });
    },
  };
}
