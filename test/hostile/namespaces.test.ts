/** Masters and followers in different pid namespaces, as containers are: the kernel's lock works across; pids do not, and nobody acts on one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS, type Kind, loadRegions, noNative } from '../unit/region/kit.js';
import { cleanLater, directory } from '../unit/write-requests/kit.js';

const programs = join(import.meta.dirname, '..', 'programs');
const command = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const PRIVATE = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const cannot =
  spawnSync('unshare', [...PRIVATE, 'true']).status === 0 ? '' : ' (skipped: unshare makes no pid namespace here)';

async function masterElsewhere(dir: string, kind: Kind, options: readonly string[] = PRIVATE): Promise<ChildProcess> {
  const program = [
    process.execPath,
    join(programs, 'cli-master.mjs'),
    'r',
    JSON.stringify({ dir, initial: { n: 1 }, wait: { timeoutMs: 10_000 } }),
  ];
  const child = spawn('unshare', [...options, ...program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, JSONMMAP_SYSTEM: kind },
  });
  cleanLater(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

/** Kills the one that has made the namespace, and with it the master, whose end the pipe tells. */
async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

/** What a process says, over one system or the other, of the region and of becoming its master. */
async function seen(dir: string, kind: Kind) {
  const { RegionReader, RegionWriter, inspect, regions } = await loadRegions(kind);
  const reader = RegionReader.open('r', { dir });
  const { masterPid, masterAlive, masterElsewhere } = reader.status();
  reader.close();
  const [listed] = regions({ dir });
  expect(listed).toMatchObject({ masterPid, masterAlive, masterElsewhere });
  const { findings } = inspect('r', { dir });
  try {
    RegionWriter.open('r', { dir }).close();
    return { masterPid, masterAlive, masterElsewhere, findings, opened: 'done' };
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { masterPid, masterAlive, masterElsewhere, findings, opened: code, message };
  }
}

describe.skipIf(cannot)(`a master of another pid namespace${cannot}`, () => {
  // Whatever the other side has: without kernel locks on both nobody can know.
  const pairs = KINDS.flatMap((master) => KINDS.map((other) => [master, other] as const));

  it.each(pairs)('over %s is not taken over by one over %s, nor called dead', async (masterKind, kind) => {
    const dir = directory();
    const master = await masterElsewhere(dir, masterKind);
    const kernel = masterKind === 'native' && kind === 'native';
    const found = await seen(dir, kind);
    expect(found).toMatchObject({
      masterElsewhere: true,
      masterAlive: kernel ? true : undefined,
      findings: [],
      opened: 'ERR_REGION_LOCKED',
      message: expect.stringContaining(`process ${found.masterPid} of another pid namespace`),
    });
    expect(found.message).toContain(kernel ? 'close it first' : 'remove the region by force');
    await killed(master);
    // Dead, it is known to be so only by the kernel; else by force.
    if (kernel) {
      await expect
        .poll(() => seen(dir, kind), { timeout: 10_000 })
        .toMatchObject({ masterAlive: false, opened: 'done' });
      return;
    }
    const after = await seen(dir, kind);
    expect(after).toMatchObject({ masterAlive: undefined, opened: 'ERR_REGION_LOCKED' });
    const { remove, RegionWriter } = await loadRegions(kind);
    remove('r', { dir, force: true });
    expect(readdirSync(dir)).toEqual([]);
    RegionWriter.open('r', { dir }).close();
  });

  it.skipIf(noNative)(`that has died is followed by one of a third, by the kernel's lock${noNative}`, async () => {
    const dir = directory();
    for (let life = 0; life < 3; life++) await killed(await masterElsewhere(dir, 'native'));
    await expect.poll(async () => (await seen(dir, 'native')).opened, { timeout: 10_000 }).toBe('done');
  });

  it('that sees the /proc of its parents tells itself apart all the same', async () => {
    const dir = directory();
    await masterElsewhere(dir, 'syscalls', ['--pid', '--fork', '--kill-child']);
    expect(await seen(dir, 'syscalls')).toMatchObject({
      masterPid: 1,
      masterElsewhere: true,
      masterAlive: undefined,
      opened: 'ERR_REGION_LOCKED',
    });
  });

  it.skipIf(noNative)(`is not counted among its followers${noNative}`, async () => {
    const dir = directory();
    await masterElsewhere(dir, 'native');
    const { stdout } = spawnSync(process.execPath, [command, 'stat', 'r', '--json', '--dir', dir], {
      encoding: 'utf8',
    });
    const { master, followers } = JSON.parse(stdout);
    expect(master).toMatchObject({ alive: true, elsewhere: true });
    expect(master.command).toBeUndefined();
    expect(followers.processes).toEqual([]);
  });

  it('is named by the command without the command line of a stranger', async () => {
    const dir = directory();
    await masterElsewhere(dir, 'syscalls');
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [command, ...args, '--dir', dir], {
        encoding: 'utf8',
        env: { ...process.env, JSONMMAP_SYSTEM: 'syscalls' },
      });
    expect(run('stat', 'r').stdout).toMatch(
      /master +process \d+ of another pid namespace: whether it lives cannot be seen from here/,
    );
    expect(run('ls').stdout).toMatch(/process \d+ elsewhere, cannot be seen/);
    const set = run('set', 'r', '/n', '2');
    expect(set.status).toBe(4);
    expect(set.stderr).toContain('jsonmmap rm r --force');
    expect(existsSync(join(dir, 'r.ctl'))).toBe(true);
  });
});
