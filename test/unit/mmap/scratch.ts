/** A directory for one test file, which is also the region directory of its tests. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';

interface Scratch {
  readonly path: string;
}

/** Gives every test an empty directory and checks that it leaves no descriptor open. */
export function scratchDirectory(): Scratch {
  const scratch = { path: '' };
  let descriptors: number;

  beforeEach(() => {
    scratch.path = mkdtempSync(join(tmpdir(), 'jsonmmap-unit-'));
    vi.stubEnv('JSONMMAP_DIR', scratch.path);
    descriptors = openDescriptors();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(scratch.path, { recursive: true });
    expect(openDescriptors()).toBe(descriptors);
  });
  return scratch;
}

/** How many files this process has open; 0 where the system does not say. */
export function openDescriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

/** Matches an error of this library with that code and a message that is more than a code. */
export const coded = (code: string) => expect.objectContaining({ code, message: expect.stringMatching(/ .+ .+ /) });
