/** A loop that only asks for the version or a value sees a change, although the check it compiles to is a plain load (rule 4 of `region/control/control.ts`). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { newDirectory, openMaster } from '../unit/master/kit.js';
import { KINDS } from '../unit/region/kit.js';

const PROGRAM = join(import.meta.dirname, '..', 'programs', 'follower-polling.mjs');

/** Long after both are machine code. Over system calls each takes some microseconds. */
const POLLS = { native: 3e6, syscalls: 2e5 };

describe.each(KINDS)('a loop that polls a follower over %s', (kind) => {
  it('ends when there is a change', async () => {
    const dir = newDirectory();
    const master = openMaster(dir, { initial: { n: 0 } });
    const child = spawn(process.execPath, [PROGRAM, dir, String(POLLS[kind])], {
      env: { ...process.env, JSONMMAP_SYSTEM: kind },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const said: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        said.push(line);
        if (line === 'polling') master.set('/n', master.version);
      }
      expect(said).toEqual(['polling', '2', 'polling', '2']);
    } finally {
      child.kill('SIGKILL');
    }
    if (child.exitCode === null) await once(child, 'exit');
  });
});
