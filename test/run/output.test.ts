/** The output of followers on its way through the relay, and the log of the run. */

import { EventEmitter } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Master } from '../../src/index.js';
import { tellRequests } from '../../src/run/requests.js';
import { childrenOf, until, Workplace } from './running.js';

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.save('first');
});
afterEach(() => place.close());

const program = (text: string): string[] => {
  const file = join(place.directory, 'program.mjs');
  writeFileSync(file, text);
  return [process.execPath, file];
};
const COUNTS = 'let n = 0; setInterval(() => console.log(`line ${++n} of ${process.pid}`), 10);';

describe('the output of followers', () => {
  it.skipIf(process.platform !== 'linux')('goes on when the process that passes it on is killed', async () => {
    const { child, output, ended } = place.run(['--followers', '2'], { command: program(COUNTS) });
    const writers = () => new Set(output.out.match(/of \d+/g));
    for (let round = 1; round <= 2; round++) {
      await until('both write', () => writers().size === 2);
      const [relay] = childrenOf(child.pid as number, 'relay.js');
      process.kill(relay, 'SIGKILL');
      await until('another one is there', () =>
        childrenOf(child.pid as number, 'relay.js').some((pid) => pid !== relay),
      );
      output.out = '';
    }
    await until('both write again', () => writers().size === 2);
    expect(output.err).not.toContain('starting again in'); // no follower has ended
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });

  it('is taken no faster than somebody reads it', async () => {
    const counter = join(place.directory, 'count');
    writeFileSync(counter, '0');
    const { child, output } = place.run([], {
      command: program(`
        import { writeFileSync, writeSync } from 'node:fs';
        const chunk = 'x'.repeat(1023) + '\\n';
        for (let kib = 1; ; kib++) {
          writeSync(1, chunk);
          if (kib % 64 === 0) writeFileSync(${JSON.stringify(counter)}, String(kib));
        }`),
    });
    child.stdout.pause();
    const count = () => Number(readFileSync(counter, 'utf8'));
    await until('it writes', () => count() > 0);
    // It stands still once all buffers on the way are full, which hold about 1 MiB; without a limit it writes on for ever.
    let [before, after] = [-1, 0];
    while (before !== after && after < 32 * 1024) {
      before = after;
      await delay(500);
      after = count();
    }
    expect(after).toBeLessThan(32 * 1024);
    child.stdout.resume();
    await until('it goes on', () => count() > after + 1024);
    expect(output.out.slice(0, 5)).toBe('[1] x');
  });

  it('is JSON where that was asked for, as the log is', async () => {
    const command = program("console.log('hello \"you\"'); console.error('oops');");
    const { output, ended } = place.run(['--log-format', 'json'], { command });
    expect(await ended).toBe(0);
    const lines = (text: string) =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(lines(output.out)).toEqual([{ time, worker: 1, stream: 'stdout', line: 'hello "you"' }]);
    expect(lines(output.err)).toContainEqual({ time, worker: 1, stream: 'stderr', line: 'oops' });
    expect(lines(output.err)).toContainEqual(
      expect.objectContaining({ time, level: 'info', event: 'published', region: 'app', version: 1 }),
    );
  });

  it('has errors as JSON too', async () => {
    const { child, output, ended } = place.run(['--log-format', 'json', '--followers', '0'], { command: [] });
    await until('it is published', () => output.err.includes('published'));
    writeFileSync(place.file, '{"saved":1}');
    await until('the next version is published', () => output.err.includes('"region":"app","version":2}'));
    writeFileSync(place.file, '{');
    await until('the fault is told', () => output.err.includes('"level":"error","message"'));
    child.kill('SIGTERM');
    await ended;
    const refused = place.run(['--log-format', 'json'], { command: [] });
    expect(await refused.ended).toBe(2);
    expect(JSON.parse(refused.output.err)).toMatchObject({ level: 'error', code: 'ERR_SOURCE', exitCode: 2 });
  });

  it('has the time of each event', async () => {
    const { output, ended } = place.run([], { env: { EXIT_CODE: '0' } });
    expect(await ended).toBe(0);
    expect(output.err).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d jsonmmap: app version 1 published/m);
  });
});

it('tells who has asked for a write', () => {
  const master = new EventEmitter();
  const told: string[] = [];
  tellRequests(master as unknown as Master, { note: () => {}, fail: () => {}, request: (text) => told.push(text) });
  const by = { pid: 123, name: 'jsonmmap set' };
  master.emit('request', { verb: 'set', path: '/flags/beta', by, version: 7 });
  master.emit('request', {
    verb: 'patch',
    by: { pid: 5, name: 'node app.js' },
    error: { code: 'ERR_SCHEMA', message: '/a: must be string' },
  });
  expect(told).toEqual([
    'set /flags/beta by pid 123 (jsonmmap set): version 7',
    'patch by pid 5 (node app.js): refused: /a: must be string',
  ]);
});
