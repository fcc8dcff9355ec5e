import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useCompileCache } from '../../src/cli/compile-cache.js';

const enableCompileCache = vi.fn();
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
  const { getBuiltinModule } = process;
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(
    (id: string) => (id === 'node:module' ? { enableCompileCache } : getBuiltinModule(id)) as never,
  );
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CACHE_HOME', undefined);
  vi.stubEnv('NODE_COMPILE_CACHE', undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  enableCompileCache.mockReset();
  rmSync(home, { recursive: true });
});

it('compiled code is kept in a directory that only the user can read and write', () => {
  useCompileCache();
  const directory = join(home, '.cache', 'jsonmmap');
  expect(enableCompileCache.mock.calls).toEqual([[directory]]);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

it('XDG_CACHE_HOME says where', () => {
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'elsewhere'));
  useCompileCache();
  expect(enableCompileCache.mock.calls).toEqual([[join(home, 'elsewhere', 'jsonmmap')]]);
});

it.each([
  ['others may write', (directory: string) => chmodSync(directory, 0o777)],
  ['the group may write', (directory: string) => chmodSync(directory, 0o770)],
  [
    'it is a link',
    (directory: string) => {
      rmSync(directory, { recursive: true });
      mkdirSync(`${directory}-target`);
      symlinkSync(`${directory}-target`, directory);
    },
  ],
])('nothing is kept in a directory where %s', (_, change) => {
  const directory = join(home, '.cache', 'jsonmmap');
  mkdirSync(directory, { recursive: true });
  change(directory);
  useCompileCache();
  expect(enableCompileCache).not.toHaveBeenCalled();
});

it('nothing is kept where nobody has a home', () => {
  vi.stubEnv('HOME', undefined);
  useCompileCache();
  expect(enableCompileCache).not.toHaveBeenCalled();
});

it("Node's own setting comes first", () => {
  vi.stubEnv('NODE_COMPILE_CACHE', '/elsewhere');
  useCompileCache();
  expect(enableCompileCache).not.toHaveBeenCalled();
});
