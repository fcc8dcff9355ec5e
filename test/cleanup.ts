/**
 * What the modules that help tests prepare, and clean up afterwards. In the short run many files share one process, and such a module is loaded once: a hook of vitest
 * that it registers when it is loaded would run for the first file only. So it registers here, and `setup.ts` runs it for every file.
 */
import { vi } from 'vitest';

type Cleanup = () => void | Promise<void>;

const preparations: (() => void)[] = [];
const ofTests: Cleanup[] = [];
const ofFiles: Cleanup[] = [];

/** Runs `preparation` now, and before each later file of this process. */
export function beforeEachFile(preparation: () => void): void {
  preparation();
  preparations.push(preparation);
}

/** Runs `cleanup` after each test of each file of this process from now on. */
export function afterEachTest(cleanup: Cleanup): void {
  ofTests.unshift(cleanup);
}

/** Runs `cleanup` when the tests of a file have ended. */
export function afterEachFile(cleanup: Cleanup): void {
  ofFiles.unshift(cleanup);
}

export function prepare(): void {
  for (const preparation of preparations) preparation();
}

let areModulesOfFile = false;

/** Says that the modules of this file are a graph of its own, after `vi.resetModules`: the next file of this process gets new ones. */
export function resetModulesAfterFile(): void {
  areModulesOfFile = true;
}

afterEachFile(() => {
  if (areModulesOfFile) vi.resetModules();
  areModulesOfFile = false;
});

/** Those that were registered last first, and all of them, whichever throws. @throws what they throw */
export async function cleanUp(after: 'test' | 'file'): Promise<void> {
  const thrown: unknown[] = [];
  for (const cleanup of after === 'test' ? ofTests : ofFiles) {
    try {
      await cleanup();
    } catch (error) {
      thrown.push(error);
    }
  }
  if (thrown.length > 1) throw new AggregateError(thrown, thrown.map(String).join('; '));
  if (thrown.length === 1) throw thrown[0];
}
