import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Master, remove } from '../../src/index.js';
import { dir, jsonmmap, outcome, start, until } from './command.js';

let regions = 0;
const newName = (): string => `waited-${++regions}`;

/** Resolves when a process has mapped the region. */
async function mapped(master: Master<object>, { pid }: ChildProcess): Promise<void> {
  await until(() => master.status({ followers: true }).followers?.some((follower) => follower.pid === pid));
}

describe('wait', () => {
  it('says the version that is there already', async () => {
    const name = newName();
    Master.open(name, { dir, initial: { a: { b: 1, c: [2] } } }).close();
    expect(await jsonmmap(['wait', name])).toEqual({ code: 0, stdout: `${name}  version 1\n`, stderr: '' });
    expect((await jsonmmap(['wait', name, '/a/c'])).stdout).toBe(`${name}  version 1  /a/c exists\n`);
    expect((await jsonmmap(['wait', name, '/a', '{"c":[2],"b":1}', '--json'])).stdout).toBe(
      `{"name":"${name}","path":"/a","version":1,"gone":false}\n`,
    );
  });

  it('waits for the region, the path and the value, each as it comes', async () => {
    const name = newName();
    const children = [[], ['/flags/ready'], ['/flags/ready', 'yes', '--string']].map((words) =>
      start(['wait', name, ...words]),
    );
    const outcomes = children.map(outcome);
    const master = Master.open<object>(name, { dir, initial: {} });
    expect(await outcomes[0]).toMatchObject({ code: 0, stdout: expect.stringContaining(name) });
    master.set('/flags/ready', 'no');
    expect(await outcomes[1]).toMatchObject({ code: 0, stdout: `${name}  version 2  /flags/ready exists\n` });
    master.set('/flags/ready', 'yes');
    expect(await outcomes[2]).toMatchObject({ code: 0, stdout: `${name}  version 3  /flags/ready is "yes"\n` });
    master.close();
  });

  it('survives that the region is removed and created again', async () => {
    const name = newName();
    const first = Master.open<object>(name, { dir, initial: { state: 'old' } });
    const child = start(['wait', name, '/state', '"new"']);
    const ended = outcome(child);
    await mapped(first, child);
    first.close();
    remove(name, { dir });
    const second = Master.open<object>(name, { dir, initial: { state: 'old again' } });
    second.set('/state', 'new');
    expect(await ended).toMatchObject({ code: 0, stdout: `${name}  version 2  /state is "new"\n` });
    second.close();
  });

  it('--gone waits for the opposite: of the value, the path, the region', async () => {
    const name = newName();
    const master = Master.open<object>(name, { dir, initial: { a: 1 } });
    const children = [['/a', '1'], ['/a'], ['--json']].map((words) => start(['wait', name, ...words, '--gone']));
    const outcomes = children.map(outcome);
    for (const child of children) await mapped(master, child);
    master.set('/a', 2);
    expect(await outcomes[0]).toMatchObject({ code: 0, stdout: `${name}  version 2  /a is not 1\n` });
    master.delete('/a');
    expect(await outcomes[1]).toMatchObject({ code: 0, stdout: `${name}  version 3  /a is gone\n` });
    master.close();
    remove(name, { dir });
    expect((await outcomes[2]).stdout).toBe(`{"name":"${name}","version":null,"gone":true}\n`);
    expect((await jsonmmap(['wait', name, '/a', '--gone'])).stdout).toBe(`${name}  gone\n`);
  });

  it.each([
    [['none'], 'the region none does not exist after 20 ms'],
    [['late', '/b'], '/b of late does not exist after 20 ms'],
    [['late', '/a', '2'], '/a of late is 1, not 2, after 20 ms'],
    [['late', '--gone'], 'the region late still exists after 20 ms'],
    [['late', '/a', '1', '--gone'], '/a of late still is 1 after 20 ms'],
  ])('%j ends with 124 after --timeout, and says what is there instead', async (words, message) => {
    Master.open('late', { dir, initial: { a: 1 } }).close();
    const { code, stdout, stderr } = await jsonmmap(['wait', ...words, '--timeout', '20']);
    expect({ code, stdout }).toEqual({ code: 124, stdout: '' });
    expect(stderr).toContain(`jsonmmap: ${message}\n`);
    const error = JSON.parse((await jsonmmap(['wait', ...words, '--timeout', '0', '--json'])).stderr);
    expect(error.error).toMatchObject({ code: 'ERR_WAIT_TIMEOUT', exitCode: 124 });
  });

  it('Ctrl-C ends it', async () => {
    const name = newName();
    const master = Master.open<object>(name, { dir, initial: {} });
    const child = start(['wait', name, '/never']);
    const ended = outcome(child);
    await mapped(master, child);
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' });
    master.close();
  });
});
