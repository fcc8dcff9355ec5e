/** What the tests of regions share: directories that go away, and the modules over one mapping system or the other. */
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, vi } from 'vitest';
import { loadNative } from '../../../src/system/native.js';
import { afterEachTest, resetModulesAfterFile } from '../../cleanup.js';

export type Kind = 'native' | 'syscalls';

const TMPFS = 0x01021994;

const native = loadNative();
/** Why what needs the native system is skipped here; empty where its binary loads. */
export const noNative = native instanceof Error ? ` (skipped: ${native.message})` : '';
/** The mapping systems that work here. */
export const KINDS: readonly Kind[] = noNative ? ['syscalls'] : ['native', 'syscalls'];

/** The modules of regions in a module graph of their own, which has chosen its mapping system. */
export interface Regions {
  readonly RegionWriter: typeof import('../../../src/region/writer.js').RegionWriter;
  readonly RegionReader: typeof import('../../../src/region/reader.js').RegionReader;
  readonly remove: typeof import('../../../src/region/removal.js').remove;
  readonly inspect: typeof import('../../../src/region/inspection.js').inspect;
  readonly regions: typeof import('../../../src/region/list.js').regions;
  readonly setFailpointHook: typeof import('../../../src/region/failpoints.js').setFailpointHook;
}

/** Declares a suite for each mapping system; the native one is skipped, with the reason in its name, where its binary does not load. */
export function describeKinds(name: string, suite: (kind: Kind) => void): void {
  describe.skipIf(noNative)(`${name}, native${noNative}`, () => suite('native'));
  describe(`${name}, syscalls`, () => suite('syscalls'));
}

export async function loadRegions(kind: Kind): Promise<Regions> {
  vi.stubEnv('JSONMMAP_SYSTEM', kind);
  vi.resetModules();
  resetModulesAfterFile();
  const [{ mmapSystem }, writer, reader, removal, inspection, list, failpoints] = await Promise.all([
    import('../../../src/system/system.js'),
    import('../../../src/region/writer.js'),
    import('../../../src/region/reader.js'),
    import('../../../src/region/removal.js'),
    import('../../../src/region/inspection.js'),
    import('../../../src/region/list.js'),
    import('../../../src/region/failpoints.js'),
  ]);
  if (mmapSystem().kind !== kind) throw new Error(`asked for ${kind}, got ${mmapSystem().kind}`);
  vi.unstubAllEnvs();
  return { ...writer, ...reader, ...removal, ...inspection, ...list, ...failpoints };
}

const made: string[] = [];

/** Where tests make their directories: in memory, where that can be had. */
export const scratchParent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Where tests make directories on a disk, and why they cannot; empty where they can. */
export const diskParent = tmpdir();
export const noDisk = statfsSync(diskParent).type === TMPFS ? ' (skipped: the temporary directory is in memory)' : '';

/** Creates a directory that is removed after the test. */
export function newDirectory(parent = scratchParent): string {
  const dir = mkdtempSync(join(parent, 'jsonmmap-region-'));
  made.push(dir);
  return dir;
}

/** A sequence of pseudorandom 31-bit numbers (Lehmer). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % (2 ** 31 - 1);
    return state;
  };
}

afterEachTest(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});
