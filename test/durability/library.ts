/** The library as tests of power loss use it. */
import { vi } from 'vitest';
import { resetModulesAfterFile } from '../cleanup.js';
import type { Kind } from '../unit/region/kit.js';

export type Library = typeof import('../../src/index.js') &
  Pick<typeof import('../../src/region/failpoints.js'), 'setFailpointHook'>;

/** Returns the library in a module graph of its own, over one mapping system. */
export async function load(kind: Kind): Promise<Library> {
  vi.stubEnv('JSONMMAP_SYSTEM', kind);
  vi.resetModules();
  resetModulesAfterFile();
  const library = await import('../../src/index.js');
  const { setFailpointHook } = await import('../../src/region/failpoints.js');
  vi.unstubAllEnvs();
  return { ...library, setFailpointHook };
}
