import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFull } from '../effort.js';
import { killIfThere, until, Workplace } from './running.js';

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.save('first');
});
afterEach(() => place.close());

const all = (value: unknown, workers: number) => () => {
  const values = [...place.lastValues()]; // a worker that has not seen any yet is undefined here
  return values.length === workers && values.every((seen) => seen === value);
};

describe('jsonmmap run', () => {
  it('gives every follower the document, and every edit of the file', async () => {
    const { child, output, ended } = place.run(['--followers', '3']);
    await until('all see the first value', all('first', 3));
    place.save('second');
    await until('all see the second value', all('second', 3));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(output.out.split('\n').filter(Boolean).sort()).toEqual([
      '[1] hello from 1',
      '[2] hello from 2',
      '[3] hello from 3',
    ]);
    expect(place.lines().filter(({ event }) => event === 'sigterm')).toHaveLength(3);
    expect(output.err).toContain('app version 1 published');
  });

  it('keeps the last good document when the file is broken, and says where', async () => {
    const { output } = place.run(['--followers', '1']);
    await until('it is seen', all('first', 1));
    writeFileSync(place.file, '{"value":\n oops}');
    await until('the fault is told', () => output.err.includes('app.json:2:2: unexpected'));
    rmSync(place.file);
    await until('the loss is told', () => output.err.includes('there is no file'));
    expect(place.lastValues()).toEqual(['first']);
    place.save('mended');
    await until('the mended value is seen', all('mended', 1));
  });

  it('never publishes what its schema refuses', async () => {
    const schema = join(place.directory, 'schema.json');
    writeFileSync(schema, JSON.stringify({ properties: { value: { type: 'string' } } }));
    const { output } = place.run(['--followers', '1', '--schema', schema]);
    await until('it is seen', all('first', 1));
    place.save(5);
    await until('the refusal is told', () => output.err.includes('/value: must be string'));
    place.save('good');
    await until('the good value is seen', all('good', 1));
    expect(place.lines().some(({ value }) => value === 5)).toBe(false);
  });

  it.each([
    ['a file that does not parse', '{', 2, 'app.json:1:2'],
    ['an empty file', '', 2, 'it is empty'],
    ['a document that its schema refuses', '{"value": 5}', 6, '/value: must be string'],
  ])('ends at once on %s', async (_what, text, code, message) => {
    const schema = join(place.directory, 'schema.json');
    writeFileSync(schema, JSON.stringify({ properties: { value: { type: 'string' } } }));
    writeFileSync(place.file, text);
    const { output, ended } = place.run(['--followers', '2', '--schema', schema]);
    expect(await ended).toBe(code);
    expect(output.err).toContain(message);
    expect(place.lines()).toEqual([]);
  });

  it('ends with 127 on a command that does not exist', async () => {
    const { output, ended } = place.run([], { command: ['no-such-program'] });
    expect(await ended).toBe(127);
    expect(output.err).toContain('no-such-program could not be started: there is no such program');
  });

  it('ends with 2 when followers are asked for without a command', async () => {
    expect(await place.run(['--followers', '2'], { command: [] }).ended).toBe(2);
  });

  it('ends with 0 when all followers have, and 1 when one crashes again and again', async () => {
    expect(await place.run(['--followers', '2'], { env: { EXIT_CODE: '0' } }).ended).toBe(0);
    const { output, ended } = place.run(['--crashes', '3'], { env: { EXIT_CODE: '9' } });
    expect(await ended).toBe(1);
    expect(output.err).toContain('exited with code 9, starting again in 100 ms');
    expect(output.err).toContain('3 times in a row: giving up');
  });

  it('starts a crashed follower again', async () => {
    place.run(['--followers', '2']);
    await until('both run', all('first', 2));
    const [victim] = place.lines();
    process.kill(victim.pid, 'SIGKILL');
    await until(
      'it runs again',
      () => place.lines().filter(({ event, worker }) => event === 'start' && worker === victim.worker).length === 2,
    );
  });

  it('kills a follower that does not end in time', async () => {
    const { child, ended } = place.run(['--grace', '0'], { env: { STUBBORN: '1' } });
    await until('it runs', all('first', 1));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });

  it('reads the files again on SIGHUP and restarts followers one by one on SIGUSR2', async () => {
    const { child, output } = place.run(['--followers', '2']);
    await until('both run', all('first', 2));
    child.kill('SIGHUP');
    child.kill('SIGUSR2');
    const starts = () => place.lines().filter(({ event }) => event === 'start');
    await until(
      () => `both were restarted: ${JSON.stringify(place.lines())} ${output.err}`,
      () => starts().length === 4,
    );
    const events = place.lines().filter(({ event }) => event !== 'value' && event !== 'master');
    expect(events.slice(2).map(({ worker, event }) => `${worker} ${event}`)).toEqual([
      '1 sigterm',
      '1 start',
      '2 sigterm',
      '2 start',
    ]);
  });

  it('leaves followers alive when it is killed, and takes them over again with --attach', async () => {
    const first = place.run(['--followers', '2']);
    await until('both run', all('first', 2));
    first.child.kill('SIGKILL');
    await until(
      'both know',
      () => place.lines().filter(({ event, alive }) => event === 'master' && alive === false).length === 2,
    );

    const refused = place.run(['--followers', '2']);
    expect(await refused.ended).toBe(4);
    expect(refused.output.err).toContain('--attach');

    place.save('second');
    const second = place.run(['--followers', '2', '--attach']);
    await until('both see the new value', all('second', 2));
    expect(place.lines().filter(({ event }) => event === 'start')).toHaveLength(2);
    process.kill(place.lines()[0].pid, 'SIGKILL');
    await until(
      'an adopted one is started again',
      () => place.lines().filter(({ event }) => event === 'start').length === 3,
    );
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(143);
  });

  it('publishes only with --followers 0, and takes writes of other processes', async () => {
    const { child, output, ended } = place.run(['--followers', '0'], { command: [] });
    await until('it is published', () => output.err.includes('app version 1 published'));
    await until('it takes a write', () => output.err.includes('published'));
    expect(await place.verb('set', 'app', '/other', '1')).toMatchObject({ code: 0 });
    expect(await place.verb('get', 'app', '/other')).toMatchObject({ code: 0 });
    place.save('second');
    await until('it says what is gone', () =>
      output.err.includes('version 3 published: what other processes wrote since version 1 is undone'),
    );
    place.save('third');
    await until('there is nothing to say', () => /version 4 published$/m.test(output.err));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });
});

const EDITS = Number(process.env.RUN_EDITS ?? (isFull ? 30 : 10));

it(`shows every follower the last of ${EDITS} edits while followers crash`, async () => {
  place.run(['--followers', '3', '--crashes', '1000']);
  await until('all run', all('first', 3));
  const savedAtMs = new Map<unknown, number>();
  for (let edit = 1; edit <= EDITS; edit++) {
    savedAtMs.set(edit, Date.now());
    place.save(edit);
    if (edit % 7 === 0) {
      const running = place.lines().filter(({ event }) => event === 'start');
      killIfThere(running[running.length - 1].pid);
    }
    await until(`somebody sees edit ${edit}`, () => place.lines().some(({ value }) => value === edit));
  }
  await until('all see the last edit', all(EDITS, 3));
  const latencies = place
    .lines()
    .filter(({ value }) => savedAtMs.has(value))
    .map(({ value, atMs = 0 }) => atMs - (savedAtMs.get(value) ?? 0))
    .sort((a, b) => a - b);
  console.log(
    `edit to visible: p50 ${latencies[latencies.length >> 1]} ms, most ${latencies.at(-1)} ms, of ${latencies.length}`,
  );
});
