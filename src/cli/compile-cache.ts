/** Compiled code of the command that outlives the process, where Node keeps it (22.8 and newer): the second start is faster. */
import { lstatSync, mkdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Node's module functions, as far as older ones lack them. */
interface CompileCaching {
  readonly enableCompileCache?: (directory?: string) => unknown;
}

/**
 * Lets Node keep compiled code in the user's own cache directory. Whoever can write there decides what runs, so another user's directory, or one that
 * others may write, is left alone; `NODE_COMPILE_CACHE` and `NODE_DISABLE_COMPILE_CACHE` are Node's own and come first.
 */
export function useCompileCache(): void {
  const { enableCompileCache } = process.getBuiltinModule('node:module') as CompileCaching;
  if (enableCompileCache === undefined || process.env.NODE_COMPILE_CACHE) return;
  const directory = ownDirectory();
  if (directory !== undefined) enableCompileCache(directory);
}

/** Undefined where there is none that only this user can write. */
function ownDirectory(): string | undefined {
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  const base = cache || (home && join(home, '.cache'));
  if (!base || !isAbsolute(base)) return undefined;
  const directory = join(base, 'jsonmmap');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const status = lstatSync(directory);
    const isOurs = status.isDirectory() && status.uid === process.geteuid?.() && (status.mode & 0o022) === 0;
    return isOurs ? directory : undefined;
  } catch {
    return undefined; // no place to keep anything: the command works without
  }
}
