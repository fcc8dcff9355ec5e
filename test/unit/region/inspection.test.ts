/** Looking at a region whose master goes on meanwhile. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inspect } from '../../../src/region/inspection.js';
import { type Child, start } from './children.js';
import { KINDS, newDirectory } from './kit.js';

let dir: string;
beforeEach(() => {
  dir = newDirectory();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('inspection beside a living master', () => {
  it.each(['publish:version:6', 'segment:temporary:3'])(
    'finds nothing left over when it comes at %s',
    async (failpoint) => {
      vi.stubEnv('JSONMMAP_CRASH_AT', failpoint);
      vi.stubEnv('JSONMMAP_CRASH_WITH', 'SIGSTOP');
      const master = start(KINDS[0], 'region-crash.mjs', dir, 'life');
      await stopped(master);
      spawn('sh', ['-c', `sleep 0.05; kill -CONT ${master.pid}`]);
      expect(inspect('crash', { dir }).findings).toEqual([]);
      await master.finish();
    },
  );

  it('finds nothing missing while the master moves from segment to segment without a pause', async () => {
    const master = start(KINDS[0], 'region-switcher.mjs', dir);
    await master.line();
    const looks = Array.from({ length: 50 }, () => inspect('switcher', { dir }).findings);
    expect(looks.flat()).toEqual([]);
    await master.kill();
  });
});

/** Waits for the kernel to say that the process is stopped. */
async function stopped({ pid }: Child): Promise<void> {
  await vi.waitUntil(() => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')), { timeout: 30_000 });
}
