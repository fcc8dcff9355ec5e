/** Followers that are stopped, dead or slow cost their master nothing, and lose nothing but what lay between. */
import { beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/index.js';
import { newDirectory, until } from '../unit/master/kit.js';
import { type Agent, startFollower, startMaster } from './agents.js';

let dir: string;
let master: Agent;
beforeEach(async () => {
  dir = newDirectory();
  master = startMaster();
  await master.call('open', 'region', { dir, initial: { n: 0, fill: '' } });
});

async function follow(): Promise<Agent> {
  const follower = startFollower();
  await follower.call('open', 'region', { dir });
  await follower.call('listen');
  return follower;
}

async function versionReaches(least: number): Promise<number> {
  let version = 0;
  await until(`version ${least}`, async () => {
    version = (await master.call('version')) as number;
    if (version < least) await master.call('loop', '/n');
    return version >= least;
  });
  return version;
}

describe('a follower that is stopped', () => {
  it('delays nobody, and sees the newest when it goes on', async () => {
    const [stopped, running] = await Promise.all([follow(), follow()]);
    await stopped.call('hold');
    await stopped.kill('SIGSTOP');
    const version = await versionReaches(20_000);
    for (let i = 0; i < 20; i++) await master.call('set', '/fill', `${i} `.repeat(30_000));
    expect(await running.call('get', '/fill')).toBe('19 '.repeat(30_000));
    await until('the newest version in the other', () => running.told.at(-1)?.version === version + 20);

    await stopped.kill('SIGCONT');
    expect(await stopped.call('version')).toBe(version + 20);
    expect(await stopped.call('held')).toEqual({ n: 0, fill: '' });
    await until('the newest version', () => stopped.told.at(-1)?.version === version + 20);
    expect(stopped.told.length).toBeLessThan(100);
  });
});

describe('followers that are killed while they read', () => {
  it('leave nothing behind', async () => {
    for (let round = 0; round < 3; round++) {
      const followers = await Promise.all([follow(), follow()]);
      await master.call('loop', '/n');
      for (const follower of followers) {
        const reading = follower.call('current').catch(() => {});
        await Promise.race([reading, follower.kill()]);
      }
    }
    expect(check('region', { dir }).problems).toEqual([]);
    expect(await master.call('sizes')).toHaveLength(1);
    expect(await (await follow()).call('get', '/n')).toEqual(expect.any(Number));
  });
});
