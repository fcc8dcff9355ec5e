/** A note of followers that others may have written: nobody is signalled who cannot be shown to be a follower. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RegionPaths } from '../../src/region/files/paths.js';
import type { RosterEntry } from '../../src/run/proof.js';
import { survivors, writeRoster } from '../../src/run/roster.js';
import { processId } from '../../src/system/process.js';
import { runs, until, Workplace } from './running.js';

let directory: string;
let paths: RegionPaths;
const processes: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'roster-'));
  paths = new RegionPaths('app', directory);
});
afterEach(() => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** A process that sleeps, with the marks of follower 1 of `app` but for what `env` says. */
async function sleeper(env: NodeJS.ProcessEnv = {}, detached = true): Promise<RosterEntry> {
  const marks = { JSONMMAP_REGION: 'app', JSONMMAP_DIR: directory, JSONMMAP_WORKER: '1' };
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log(1)'], {
    env: { ...process.env, ...marks, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached,
  });
  processes.push(child);
  await once(child.stdout, 'data');
  return { worker: 1, ...processId(child.pid as number) };
}

function found(): { left: RosterEntry[]; doubted: number[] } {
  const doubted: number[] = [];
  return { left: survivors(paths, ({ pid }) => doubted.push(pid)), doubted };
}

describe.skipIf(process.platform !== 'linux')('a note of followers', () => {
  it('lists those that run', async () => {
    const entry = await sleeper();
    writeRoster(paths, [entry, { worker: 2, pid: 2 ** 22 + 5, startTime: 5 }]);
    expect(found()).toEqual({ left: [entry], doubted: [] });
  });

  it.each<[string, NodeJS.ProcessEnv, boolean]>([
    ['of another region', { JSONMMAP_REGION: 'other' }, true],
    ['of another directory', { JSONMMAP_DIR: tmpdir() }, true],
    ['of another number', { JSONMMAP_WORKER: '2' }, true],
    ['that no run has started', { JSONMMAP_WORKER: undefined }, true],
    ['that a follower has started', {}, false],
  ])('lists no process %s', async (_what, env, detached) => {
    const entry = await sleeper(env, detached);
    writeRoster(paths, [entry]);
    expect(found()).toEqual({ left: [], doubted: [entry.pid] });
  });

  it('lists no process that has come to the same pid, nor one without a start time', async () => {
    const entry = await sleeper();
    for (const startTime of [entry.startTime + 1, 0, -1, 0.5, Number.NaN]) {
      writeRoster(paths, [{ ...entry, startTime }]);
      expect(found()).toEqual({ left: [], doubted: [] });
    }
  });

  it('lists each worker and each process once', async () => {
    const entry = await sleeper();
    writeRoster(paths, [entry, entry, { ...entry, worker: 2 }]);
    expect(found().left).toEqual([entry]);
  });

  it.each<[string, (path: string) => void]>([
    ['a FIFO', (path) => spawnSync('mkfifo', [path])],
    ['a directory', (path) => mkdirSync(path)],
    ['a symbolic link', (path) => symlinkSync('/dev/null', path)],
    [
      'a file of two names',
      (path) => {
        writeFileSync(`${path}.other`, '[]', { mode: 0o600 });
        linkSync(`${path}.other`, path);
      },
    ],
    [
      'a file that others may write to',
      (path) => {
        writeFileSync(path, '[]');
        chmodSync(path, 0o622);
      },
    ],
  ])('is refused where it is %s', (_what, make) => {
    make(paths.followers);
    expect(found).toThrow(expect.objectContaining({ code: 'ERR_REGION_DENIED' }));
  });

  it.each(['', '{', 'null', '{"pid":1}', '[null,1,"x",{}]', `[${' '.repeat(1024 * 1024)}]`])(
    'that makes no sense lists nobody: %.20j',
    (text) => {
      writeFileSync(paths.followers, text, { mode: 0o600 });
      expect(found()).toEqual({ left: [], doubted: [] });
    },
  );

  it('that is forged leaves an unrelated process alone, and a FIFO ends the run at once', async () => {
    const place = new Workplace();
    try {
      place.save('first');
      mkdirSync(place.regions, { mode: 0o700 });
      const victim = await sleeper();
      const forged = new RegionPaths('app', place.regions);
      writeRoster(forged, [victim]);
      const { child, output, ended } = place.run(['--attach', '--followers', '1']);
      await until('it runs', () => place.lines().some(({ event }) => event === 'value'));
      expect(output.err).toContain(`process ${victim.pid} may be a follower of an earlier run: left alone`);
      child.kill('SIGTERM');
      expect(await ended).toBe(143);
      expect(runs(victim.pid)).toBe(true);

      spawnSync('mkfifo', [forged.followers]);
      const second = place.run(['--followers', '1']);
      expect(await second.ended).toBe(7);
      expect(second.output.err).toContain('app.run is not trusted');
    } finally {
      await place.close();
    }
  });
});
