/** Descriptors and mappings are given back, however things are opened, left open, closed, refused or forgotten: not one more than before. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { KINDS } from '../unit/region/kit.js';
import { scratch } from './squats.js';

/** `LEAK_CYCLES=10000` is what docs/FUZZING.md has the result of. */
const cycles = process.env.LEAK_CYCLES ?? '200';
const hasProc = existsSync('/proc/self/maps');
const noProc = hasProc ? '' : ' (skipped: there is no /proc)';
const run = promisify(execFile);

it.skipIf(!hasProc).each(KINDS)(
  `${cycles} times of each leave nothing, over %s${noProc}`,
  { timeout: 60_000 + Number(cycles) * 500 },
  async (kind) => {
    const program = join(import.meta.dirname, '..', 'programs', 'leaks.mjs');
    const env = { ...process.env, JSONMMAP_SYSTEM: kind };
    const { stdout } = await run(process.execPath, ['--expose-gc', program, scratch(), cycles], { env });
    const results = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(results.length).toBeGreaterThan(10);
    for (const { name, before, after } of results) {
      expect(after.descriptors, `descriptors of ${name}`).toBeLessThanOrEqual(before.descriptors);
      expect(after.mappings, `mappings of ${name}`).toBeLessThanOrEqual(before.mappings);
    }
  },
);
