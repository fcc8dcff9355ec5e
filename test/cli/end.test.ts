/** The command ends when it is done, whatever a parent has given it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { dir, jsonmmap, main } from './command.js';

/** As PM2 does: a channel to the parent, somebody who listens to it, and a timer. */
async function underSupervisor(args: string[]): Promise<{ code: number | null; bytes: number }> {
  const container = join(dir, 'container.mjs');
  writeFileSync(container, "process.on('message', () => {}); setInterval(() => {}, 1e6);\n");
  const child = spawn(process.execPath, ['--import', container, main, ...args], {
    env: { ...process.env, JSONMMAP_DIR: dir },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout as NodeJS.ReadableStream), once(child, 'close')]);
  return { code: code as number | null, bytes: output.length };
}

it('with a channel to its parent that somebody listens to', async () => {
  const broken = join(dir, 'broken.yaml');
  writeFileSync(broken, 'a: [');
  const large = { text: 'x'.repeat(4 * 1024 * 1024) };
  await jsonmmap(['publish', 'end'], { input: JSON.stringify(large) });
  const outcomes = [
    await underSupervisor(['run', broken, '--followers', '0']),
    await underSupervisor(['set', 'end', '/a', '1']),
    await underSupervisor(['get', 'end', '/nothing']),
    await underSupervisor(['--help']),
    await underSupervisor(['get', 'end', '/text']),
  ];
  expect(outcomes.map(({ code }) => code)).toEqual([2, 0, 3, 0, 0]);
  // All of it is written before the end, however slowly it is read.
  expect(outcomes.at(-1)?.bytes).toBe(large.text.length + '""\n'.length);
});
