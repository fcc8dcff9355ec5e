/** Files that change under a living master and its followers: something else takes their place, or their permissions go. */
import { chmodSync, chownSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startFollower, startMaster } from '../multiprocess/agents.js';
import { describeKinds } from '../unit/region/kit.js';
import { isRoot, NAME, needsRoot, scratch, squats, takePlace } from './squats.js';
import { until } from './until.js';

const OWNER = 12_345;
/** Outgrows the first segment. */
const LARGE = 'x'.repeat(300_000);
const CODES = /^ERR_(FENCED|REGION_(DENIED|CORRUPT|NOT_FOUND|LOCKED)|SYSTEM)$/;

/** What came of a call: its result, or its code, which must be one that fits. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: { code?: string }) => {
    expect(error.code).toMatch(CODES);
    return error.code;
  });
}

describeKinds('in the place of', (kind) => {
  describe.each(['ctl', '1.seg'])('%s', (file) => {
    it.each(Object.keys(squats))('%s is neither read nor written by those who have it open', async (name) => {
      const dir = scratch();
      const path = join(dir, `${NAME}.${file}`);
      const [master, follower] = [startMaster(kind), startFollower(kind)];
      await master.call('open', NAME, { dir, initial: { n: 1, text: '' } });
      await follower.call('open', NAME, { dir });
      await follower.call('listen');
      const { unchanged } = takePlace(path, squats[name]);

      let published = 1;
      for (const [pointer, value] of [
        ['/n', 2],
        ['/text', LARGE],
        ['/n', 3],
      ] as const) {
        const outcome = await outcomeOf(master.call('set', pointer, value));
        if (typeof outcome === 'number') published = outcome;
        const current = await outcomeOf(follower.call('current'));
        if (typeof current === 'object') expect([1, 2, 3]).toContain((current as { n: number }).n);
      }
      expect(unchanged()).toBe(true);
      expect(await follower.call('version')).toBeLessThanOrEqual(published);
      await outcomeOf(master.call('close'));
      await outcomeOf(startFollower(kind).call('open', NAME, { dir }));
      expect(unchanged()).toBe(true);
    });
  });

  it.skipIf(!isRoot)(
    `permissions that go keep the old version, and the new one comes when they are back${needsRoot}`,
    async () => {
      const dir = scratch();
      chownSync(dir, OWNER, OWNER);
      const [master, follower] = [startMaster(kind), startFollower(kind)];
      for (const agent of [master, follower]) await agent.call('become', OWNER);
      await master.call('open', NAME, { dir, initial: { n: 1, text: '' } });
      await follower.call('open', NAME, { dir });
      await follower.call('listen');

      chmodSync(dir, 0o500); // nothing can be created in it
      expect(await master.call('set', '/n', 2)).toBe(2);
      await expect(master.call('write', { n: 3, text: LARGE })).rejects.toMatchObject({ code: 'ERR_REGION_DENIED' });
      expect(await follower.call('current')).toMatchObject({ n: 2 });
      chmodSync(dir, 0o700);
      expect(await master.call('write', { n: 3, text: LARGE })).toBe(3);
      await until(() => follower.told.some(({ version }) => version === 3));

      // Others may write to the next segment: whoever has it open goes on, and nobody opens it any more.
      const newest = join(dir, `${NAME}.2.seg`);
      chmodSync(newest, 0o666);
      expect(await master.call('set', '/n', 4)).toBe(4);
      expect(await follower.call('current')).toMatchObject({ n: 4 });
      const late = startFollower(kind);
      await late.call('become', OWNER);
      await expect(late.call('open', NAME, { dir })).rejects.toMatchObject({ code: 'ERR_REGION_DENIED' });
      chmodSync(newest, 0o600);
      await late.call('open', NAME, { dir });
      rmSync(newest);
      expect(await late.call('current')).toMatchObject({ n: 4 });
    },
  );
});
