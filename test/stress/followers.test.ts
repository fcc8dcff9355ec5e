/**
 * Followers in processes of their own read without a pause while a master rewrites, patches and compacts as fast as it can: no read is torn, no
 * version goes back. JSONMMAP_STRESS_SECONDS makes it longer, JSONMMAP_STRESS_FOLLOWERS makes it more.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { newDirectory } from '../unit/master/kit.js';
import { start } from '../unit/region/children.js';
import { describeKinds, type Kind } from '../unit/region/kit.js';

interface Seen {
  readonly reads: number;
  readonly versions: number;
  readonly changes: number;
  readonly torn: string[];
  readonly backwards: number;
}

const SECONDS = Number(process.env.JSONMMAP_STRESS_SECONDS ?? 4);
const FOLLOWERS = Number(process.env.JSONMMAP_STRESS_FOLLOWERS ?? 3);
const TIMEOUT_MS = (SECONDS + 60) * 1000;

async function stress(kind: Kind, reader: Kind): Promise<void> {
  const dir = newDirectory();
  const master = start(kind, 'master-stress.mjs', dir);
  expect(await master.line()).toBe('open');
  const followers = Array.from({ length: FOLLOWERS }, () => start(reader, 'follower-stress.mjs', dir));
  for (const follower of followers) expect(await follower.line()).toBe('attached');
  await delay(SECONDS * 1000);
  const seen = await Promise.all(followers.map(async (follower) => JSON.parse((await follower.finish())[0]) as Seen));
  const { version, segment } = JSON.parse((await master.finish())[0]) as { version: number; segment: string };
  for (const { reads, versions, changes, torn, backwards } of seen) {
    console.log(
      `${kind} to ${reader}: ${reads} reads of ${versions} of ${version} versions, ${changes} told, ${torn.length} torn`,
    );
    expect({ torn, backwards }).toEqual({ torn: [], backwards: 0 });
    expect(versions).toBeGreaterThan(1);
    expect(changes).toBeGreaterThan(0);
  }
  expect(segment).not.toContain('.1.seg');
}

describeKinds('followers under a master that never rests', (kind) => {
  it('see whole versions, in their order', () => stress(kind, kind), TIMEOUT_MS);
});
