import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { FOLLOWER, runs, until, Workplace } from './running.js';

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.save('first');
});
afterEach(() => place.close());

const published = (output: { err: string }) => () => output.err.includes('version 1 published');
const starts = () => place.lines().filter(({ event }) => event === 'start');

describe('jsonmmap reload', () => {
  it('waits for the new version, and says who asked for it', async () => {
    const { output } = place.run(['--followers', '0'], { command: [] });
    await until('it is published', published(output));
    place.save('second');
    const { code, out } = await place.verb('reload', 'app');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^app {2}version 2 {2}reloaded, /) });
    const again = await place.verb('reload', 'app', '--json');
    expect(JSON.parse(again.out)).toEqual({
      name: 'app',
      waited: true,
      version: 2,
      previousVersion: 2,
      changed: false,
    });
    await until('it is in the log', () => /reload by pid \d+ \(jsonmmap reload\): done/.test(output.err));
  });

  it('fails as the files fail, and the last good document stays', async () => {
    const schema = join(place.directory, 'schema.json');
    writeFileSync(schema, JSON.stringify({ properties: { value: { type: 'string' } } }));
    const { output } = place.run(['--followers', '0', '--schema', schema], { command: [] });
    await until('it is published', published(output));
    writeFileSync(place.file, '{"value":\n oops}');
    expect(await place.verb('reload', 'app')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('app.json:2:2: '),
    });
    place.save(5);
    expect(await place.verb('reload', 'app', '--json')).toMatchObject({
      code: 6,
      err: expect.stringMatching(/"code":"ERR_SCHEMA","message":".*\/value: must be string/),
    });
    place.save('good');
    expect(await place.verb('reload', 'app')).toMatchObject({ code: 0, out: expect.stringContaining('version 2') });
  });

  it('--no-wait ends before the outcome is known', async () => {
    const { output } = place.run(['--followers', '0'], { command: [] });
    await until('it is published', published(output));
    writeFileSync(place.file, '{');
    const { code, out } = await place.verb('reload', 'app', '--no-wait');
    expect({ code, out }).toEqual({ code: 0, out: 'app  reload has begun\n' });
    await until('the outcome is in the log', () => /reload by pid \d+ .*: failed: .*app\.json:1:2/.test(output.err));
  });
});

describe('jsonmmap restart', () => {
  it('returns when all followers are replaced by processes that read the region', async () => {
    const { output } = place.run(['--followers', '2']);
    await until('all have started', () => place.lastValues().filter(Boolean).length === 2);
    const before = starts().map(({ pid }) => pid);
    const { code, out } = await place.verb('restart', 'app', '--json');
    expect(code).toBe(0);
    const { followers, ...rest } = JSON.parse(out);
    expect(rest).toEqual({ name: 'app', waited: true, version: 1 });
    expect(followers).toEqual([1, 2].map((worker) => ({ worker, pid: expect.any(Number), ready: true })));
    for (const { pid } of followers) {
      expect(before).not.toContain(pid);
      expect(runs(pid)).toBe(true);
    }
    expect(before.map(runs)).toEqual([false, false]);
    expect(output.err).toContain('follower 2: restarting');
  });

  it('takes a follower for ready when a process that it has started reads the region', async () => {
    place.run([], { command: ['sh', '-c', `'${process.execPath}' '${FOLLOWER}'; true`] });
    await until('it has started', () => place.lastValues().length === 1);
    expect(await place.verb('restart', 'app')).toMatchObject({
      code: 0,
      out: 'app  version 1  1 follower restarted\n',
    });
  });

  it('names a follower that does not open the region', async () => {
    const { output } = place.run([], { command: ['sleep', '1000'] });
    await until('it is published', published(output));
    expect(await place.verb('restart', 'app', '--timeout', '1ms')).toMatchObject({
      code: 9,
      err: expect.stringContaining('has not finished the restart within 1 ms; it may still finish it'),
    });
    const { code, err } = await place.verb('restart', 'app');
    expect(code).toBe(1);
    expect(err).toMatch(/one has not opened the region in time: 1 \(process \d+\)/);
  });

  it('says that there are no followers', async () => {
    const { output } = place.run(['--followers', '0'], { command: [] });
    await until('it is published', published(output));
    expect(await place.verb('restart', 'app')).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no followers to restart'),
    });
  });
});

describe('where there is no run', () => {
  it.each(['reload', 'restart'])('%s says so, and signals nobody', async (verb) => {
    expect(await place.verb(verb, 'app')).toMatchObject({
      code: 3,
      err: expect.stringContaining('the region app does not exist'),
    });
    const dir = place.regions;
    Master.open('left', { dir, initial: {} }).close();
    expect((await place.verb(verb, 'left', '--json')).err).toContain('"code":"ERR_NO_RUN"');
    for (const control of [true, false]) {
      const name = control ? 'taking' : 'silent';
      const master = Master.open(name, { dir, initial: {}, control });
      const { code, err } = await place.verb(verb, name);
      expect(code).toBe(3);
      expect(err).toContain(
        control ? `the master of ${name} is not jsonmmap run: process ${process.pid}` : 'takes no requests',
      );
      expect(master.version).toBe(1);
      master.close();
    }
  });

  it('is told of a run that takes no requests, by name and signal', async () => {
    const { child, output } = place.run(['--followers', '0', '--no-control'], { command: [] });
    await until('it is published', published(output));
    const { code, err } = await place.verb('reload', 'app');
    expect(code).toBe(3);
    expect(err).toContain(`kill -HUP ${child.pid}`);
  });
});
