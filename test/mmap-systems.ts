/** Loads the classes of `src/mmap/` over one mapping system or the other: the choice is made once per module graph. */
import { describe, vi } from 'vitest';
import { loadNative } from '../src/system/native.js';
import { resetModulesAfterFile } from './cleanup.js';

type MmapModule = typeof import('../src/mmap/index.js');
type Kind = 'native' | 'syscalls';

/** Declares a suite for each system; the native one is skipped, with the reason in its name, where its binary does not load. */
export function describeSystems(name: string, suite: (load: () => Promise<MmapModule>, kind: Kind) => void): void {
  const native = loadNative();
  const reason = native instanceof Error ? ` (skipped: ${native.message})` : '';
  describe.skipIf(native instanceof Error)(`${name}, native${reason}`, () => suite(() => load('native'), 'native'));
  describe(`${name}, syscalls`, () => suite(() => load('syscalls'), 'syscalls'));
}

async function load(kind: Kind): Promise<MmapModule> {
  const before = process.env.JSONMMAP_SYSTEM;
  process.env.JSONMMAP_SYSTEM = kind;
  try {
    vi.resetModules();
    resetModulesAfterFile();
    const { mmapSystem } = await import('../src/system/system.js');
    if (mmapSystem().kind !== kind) throw new Error(`asked for ${kind}, got ${mmapSystem().kind}`);
    return await import('../src/mmap/index.js');
  } finally {
    if (before === undefined) delete process.env.JSONMMAP_SYSTEM;
    else process.env.JSONMMAP_SYSTEM = before;
  }
}
