/** A master whose event loop does not turn is heard all the same, also where its notifications are left to another thread. */
import { expect, it } from 'vitest';
import { newDirectory, openMaster, until } from '../unit/master/kit.js';
import { startFollower } from './agents.js';

/** Two heartbeats of a follower. */
const LOOP_MS = 1000;
/** Far more than heartbeats would find, far fewer than there are. */
const HEARD = 50;

it.each([1, 6])('a master that publishes in a loop is heard by each of %i followers', async (count) => {
  const dir = newDirectory();
  const master = openMaster(dir, { initial: { n: 0 } });
  const followers = Array.from({ length: count }, () => startFollower());
  for (const follower of followers) {
    await follower.call('open', 'region', { dir });
    await follower.call('listen');
  }
  for (let i = 0; i < 5; i++) {
    const version = master.set('/n', master.version);
    await until('all have heard it', () =>
      followers.every(({ told }) => told.some((event) => event.version === version)),
    );
  }
  const first = master.version;
  for (const end = performance.now() + LOOP_MS; performance.now() < end; ) {
    master.set('/n', master.version);
    for (const next = performance.now() + 1; performance.now() < next; );
  }
  const last = master.version;
  master.set('/n', 'over');
  const over = master.version;
  await until('all have heard the end', () =>
    followers.every(({ told }) => told.some(({ version }) => version === over)),
  );
  for (const { told } of followers) {
    const heard = told.filter(({ version = 0 }) => version > first && version <= last);
    expect(heard.length).toBeGreaterThan(HEARD);
  }
});
