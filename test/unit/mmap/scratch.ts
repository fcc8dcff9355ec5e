/** A directory for one test file, which is also the region directory of its tests. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { errnoOf } from '../../../src/errors.js';

interface Scratch {
  readonly path: string;
}

/** Gives every test an empty directory and checks that it leaves no file in it open. */
export function scratchDirectory(): Scratch {
  const scratch = { path: '' };

  beforeEach(() => {
    scratch.path = mkdtempSync(join(tmpdir(), 'jsonmmap-unit-'));
    vi.stubEnv('JSONMMAP_DIR', scratch.path);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    const left = openFiles(scratch.path);
    rmSync(scratch.path, { recursive: true });
    expect(left).toEqual([]);
  });
  return scratch;
}

/** The files under `directory` that this process has open, once for each descriptor; none where the system does not say. */
export function openFiles(directory: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd')
    .map(targetOf)
    .filter((path) => path.startsWith(directory));
}

/** The descriptor that listed the directory is closed by now. */
function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** Matches an error of this library with that code and a message that is more than a code. */
export const coded = (code: string) => expect.objectContaining({ code, message: expect.stringMatching(/ .+ .+ /) });
