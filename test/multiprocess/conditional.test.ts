/** Writes of several processes with `ifVersion` (`src/master/apply-request.ts`): none is done to a document that its process has not read. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Master } from '../../src/index.js';
import { casesOf } from '../effort.js';
import { newDirectory, openMaster } from '../unit/master/kit.js';
import { diskParent, noDisk } from '../unit/region/kit.js';

const PROGRAM = join(import.meta.dirname, '..', 'programs', 'conditional-writer.mjs');
const WRITERS = 3;
const TIMES = Math.max(20, casesOf(500));

/** Returns how many writes were refused. */
async function increment(dir: string, name: string): Promise<number> {
  const ran = await Promise.all(
    Array.from({ length: WRITERS }, () => promisify(execFile)(process.execPath, [PROGRAM, dir, name, String(TIMES)])),
  );
  return ran.reduce((sum, { stdout }) => sum + JSON.parse(stdout).refused, 0);
}

/** The master writes as well, in its own turns; rarely enough that others come to write between. */
async function whileWriting(master: Master, during: Promise<number>): Promise<{ refused: number; written: number }> {
  let written = 0;
  const writing = setInterval(() => master.set('/own', ++written), 25);
  const refused = await during.finally(() => clearInterval(writing));
  return { refused, written };
}

describe('increments of several processes', () => {
  it('are all there, and so are the writes of the master itself', async () => {
    const dir = newDirectory();
    const master = openMaster(dir, { control: true, initial: { n: 0, own: 0 } }) as Master;
    const { refused, written } = await whileWriting(master, increment(dir, master.name));
    expect(master.current).toEqual({ n: WRITERS * TIMES, own: written });
    expect(refused).toBeGreaterThan(0); // else nothing was tried
  });

  it.skipIf(noDisk)(`are all there where writes wait in groups${noDisk}`, async () => {
    const dir = newDirectory(diskParent);
    const options = { control: true, durability: 'disk', groupMs: 5, initial: { n: 0, own: 0 } } as const;
    const master = openMaster(dir, options) as Master;
    const { refused, written } = await whileWriting(master, increment(dir, master.name));
    expect(master.current).toEqual({ n: WRITERS * TIMES, own: written });
    expect(refused).toBeGreaterThan(0);
  });
});
