/** Another user who may read a region: he can do nothing to it, to its master or to its followers. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { type Agent, startFollower, startMaster } from '../multiprocess/agents.js';
import { isRoot, needsRoot, scratch } from './squats.js';
import { until } from './until.js';

const OWNER = 12_345;
const NEIGHBOUR = 12_346;
/** Over system calls a living master is seen before the files are. */
const keptOut = expect.stringMatching(/^ERR_REGION_(DENIED|LOCKED)$/);
const initial = { version: 1, list: [1, 2, 3] };

describe.skipIf(!isRoot)(`a neighbour with a user id of its own${needsRoot}`, () => {
  it('reads, and cannot write, lock out, block a takeover, ring, unlink or ask for writes', async () => {
    const dir = directoryOf(OWNER);
    const master = await masterIn(dir);
    const follower = startFollower();
    await follower.call('become', OWNER);
    await follower.call('open', 'n', { dir });
    await follower.call('listen');
    await until(() => existsSync(join(dir, 'n.sock')));
    const before = picture(dir);

    const neighbour = startNeighbour(dir, master.pid);
    const { locks, ...outcomes } = await neighbour.say();
    expect(Object.entries(outcomes).filter(([, outcome]) => outcome === 'done')).toEqual([]);
    expect(outcomes).toMatchObject({
      'follow without naming the owner': 'ERR_REGION_DENIED',
      'be its master': keptOut,
      'remove it by force': 'ERR_REGION_DENIED',
      'read the lock': expect.stringMatching(/^(EACCES|ENOENT)$/), // without kernel locks there is none
      'connect to the control socket': 'EACCES',
      'ring with an open file': 'EPERM',
    });
    expect(['held', 'no python3']).toContain(locks);
    expect(picture(dir)).toEqual(before);

    // Whatever it still holds, everything goes on: a commit, its notification, a death, a takeover.
    await master.call('set', '/version', 2);
    await until(() => follower.told.some(({ event, version }) => event === 'change' && version === 2));
    expect(await neighbour.ask()).toMatchObject({ version: 2, current: { ...initial, version: 2 } });
    await master.kill();
    const next = await masterIn(dir);
    expect(await next.call('set', '/version', 3)).toBe(3);
    expect(await neighbour.ask()).toMatchObject({ version: 3, current: { ...initial, version: 3 } });
    expect(await follower.call('current')).toEqual({ ...initial, version: 3 });
  });

  it('cannot take the place of the default directory', async () => {
    const uid = 1_100_000_000 + process.pid; // nobody's real directory
    const shared = existsSync('/dev/shm') ? '/dev/shm' : '/tmp';
    const stolen = join(shared, `jsonmmap-${uid}`);
    const thief = startMaster();
    await thief.call('become', NEIGHBOUR);
    await thief.call('open', 'n', { dir: stolen, mode: 0o644, initial });
    const owner = startMaster();
    await owner.call('become', uid);
    await expect(owner.call('open', 'n', {})).rejects.toMatchObject({ code: 'ERR_DIRECTORY' });
    const follower = startFollower();
    await follower.call('become', uid);
    await expect(follower.call('open', 'n', {})).rejects.toMatchObject({ code: 'ERR_DIRECTORY' });
    chownSync(stolen, 0, 0);
    made.push(stolen);
  });

  it('can put files into a directory that is open to all, and has none of them trusted', async () => {
    const dir = directoryOf(OWNER);
    chmodSync(dir, 0o1777);
    const thief = startMaster();
    await thief.call('become', NEIGHBOUR);
    await thief.call('open', 'n', { dir, mode: 0o644, initial });
    const owner = startMaster();
    await owner.call('become', OWNER);
    await expect(owner.call('open', 'n', { dir })).rejects.toMatchObject({ code: keptOut });
    const follower = startFollower();
    await follower.call('become', OWNER);
    await expect(follower.call('open', 'n', { dir })).rejects.toMatchObject({ code: 'ERR_REGION_DENIED' });
    await follower.call('open', 'n', { dir, owner: NEIGHBOUR }); // unless he is trusted by name
    expect(await follower.call('current')).toEqual(initial);
  });
});

const neighbours = new Set<ChildProcessWithoutNullStreams>();
const made: string[] = [];

afterEach(() => {
  for (const child of neighbours) child.stdin.end();
  neighbours.clear();
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function directoryOf(uid: number): string {
  const dir = scratch();
  chmodSync(dir, 0o755);
  chownSync(dir, uid, uid);
  return dir;
}

async function masterIn(dir: string): Promise<Agent> {
  const master = startMaster();
  await master.call('become', OWNER);
  await master.call('open', 'n', { dir, mode: 0o644, control: true, initial });
  return master;
}

function startNeighbour(dir: string, masterPid: number) {
  const program = join(import.meta.dirname, '..', 'programs', 'hostile-neighbour.mjs');
  const child = spawn(process.execPath, [program, dir, 'n', ...[NEIGHBOUR, OWNER, masterPid].map(String)]);
  neighbours.add(child);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = async () => JSON.parse((await lines.next()).value ?? '{}');
  return {
    say,
    ask: () => {
      child.stdin.write('?');
      return say();
    },
  };
}

/** Everything about the files of a region but when they were read. */
function picture(dir: string): unknown[] {
  return readdirSync(dir)
    .sort()
    .map((file) => {
      const path = join(dir, file);
      const stats = lstatSync(path);
      const content = stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
      return [file, stats.mode, stats.uid, stats.gid, stats.ino, stats.nlink, stats.size, stats.mtimeMs, content];
    });
}
