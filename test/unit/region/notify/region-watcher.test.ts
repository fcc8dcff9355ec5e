/** What a follower is told without asking: commits, masters that come, go and die, regions that go and return. */
import { readdirSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RegionWatcher, type WatchTarget } from '../../../../src/region/notify/region-watcher.js';
import type { RegionReader } from '../../../../src/region/reader.js';
import { append, isWhole, publishIn } from '../../../programs/region-payload.mjs';
import { start, startLimited } from '../children.js';
import { describeKinds, loadRegions, newDirectory, type Regions } from '../kit.js';

const PATIENCE = { timeout: 15_000, interval: 5 };

describeKinds('a reader that watches', (kind) => {
  let regions: Regions;
  let dir: string;
  let told: string[];
  beforeAll(async () => {
    regions = await loadRegions(kind);
  });
  beforeEach(() => {
    dir = newDirectory();
    told = [];
  });

  const openWriter = () => regions.RegionWriter.open('d', { dir });
  const listenTo = (reader: RegionReader) => ({
    commit: () => told.push(`commit ${reader.acquire()?.commit.version}`),
    master: (alive: boolean) => told.push(`master ${alive}`),
    removed: () => told.push('removed'),
    returned: () => told.push('returned'),
    error: (error: unknown) => told.push(`error ${error}`),
  });

  it('hears of every state that lasts', async () => {
    const writer = openWriter();
    const reader = regions.RegionReader.open('d', { dir });
    const watcher = reader.watch(listenTo(reader));
    expect(watcher.mode).toBe('watch');
    for (let version = 1; version <= 20; version++) {
      publishIn(writer, writer.segment, append(writer.segment, version));
      await expect.poll(() => told.at(-1), PATIENCE).toBe(`commit ${version}`);
    }
    writer.close();
    await expect.poll(() => told.at(-1), PATIENCE).toBe('master false');
    const second = openWriter();
    await expect.poll(() => told.at(-1), PATIENCE).toBe('master true');
    publishIn(second, second.segment, append(second.segment, 21));
    await expect.poll(() => told.at(-1), PATIENCE).toBe('commit 21');
    watcher.close();
    publishIn(second, second.segment, append(second.segment, 22));
    second.close();
    reader.close();
    expect(told.at(-1)).toBe('commit 21');
    expect(told.length).toBe(23);
  });

  it('is woken by the control file at every publish, claim and release', async () => {
    let rings = 0;
    const ringsAfter = async (action: () => void) => {
      const before = rings;
      action();
      await expect.poll(() => rings, PATIENCE).toBeGreaterThan(before);
      await new Promise(setImmediate);
    };
    openWriter().close();
    const watcher = watch(join(dir, 'd.ctl'), () => rings++);
    let writer = openWriter();
    await expect.poll(() => rings, PATIENCE).toBeGreaterThan(0);
    await ringsAfter(() => publishIn(writer, writer.segment, append(writer.segment, 1)));
    await ringsAfter(() => publishIn(writer, writer.beginSegment(), { lo: 0, hi: 0 }));
    await ringsAfter(() => writer.close());
    await ringsAfter(() => {
      writer = openWriter();
    });
    writer.close();
    watcher.close();
  });

  it('hears the newest of many commits, not each', async () => {
    const writer = openWriter();
    const reader = regions.RegionReader.open('d', { dir });
    reader.watch(listenTo(reader));
    for (let version = 1; version <= 1000; version++)
      publishIn(writer, writer.segment, append(writer.segment, version));
    await expect.poll(() => told.at(-1), PATIENCE).toBe('commit 1000');
    expect(told.length).toBeLessThan(10);
    writer.close();
    reader.close();
  });

  it('lets its event loop turn, however fast the master publishes and however slow it listens', async () => {
    const child = start(kind, 'region-publisher.mjs', dir, 'd');
    await child.line();
    const reader = regions.RegionReader.open('d', { dir });
    let commits = 0;
    let turns = 0;
    const turn = setInterval(() => turns++, 1);
    await new Promise<void>((resolve) => {
      reader.watch({
        ...listenTo(reader),
        commit() {
          for (const end = performance.now() + 2; performance.now() < end; );
          if (++commits === 100) resolve();
          if (commits === 1000) process.kill(child.pid, 'SIGKILL'); // or nothing else would ever run
        },
      });
    });
    clearInterval(turn);
    await child.kill();
    expect(turns).toBeGreaterThan(20);
    reader.close();
  });

  it('hears that its master was killed', async () => {
    const child = start(kind, 'region-publisher.mjs', dir, 'd');
    await child.line();
    const reader = regions.RegionReader.open('d', { dir });
    reader.watch(listenTo(reader));
    await expect.poll(() => told.length, PATIENCE).toBeGreaterThan(0);
    await child.kill();
    await expect.poll(() => told.at(-1), PATIENCE).toBe('master false');
    expect(told.filter((word) => word === 'master false').length).toBe(1);
    reader.close();
  });

  it('goes on with a region that was removed and made again', async () => {
    const first = openWriter();
    publishIn(first, first.segment, append(first.segment, 1));
    const reader = regions.RegionReader.open('d', { dir });
    const before = reader.acquire()!;
    const { instance } = reader;
    reader.watch(listenTo(reader));
    expect(reader.reattach()).toBe(false);
    first.close();
    regions.remove('d', { dir });
    await expect.poll(() => told, PATIENCE).toContain('removed');
    expect(reader.status().removed).toBe(true);
    expect(reader.reattach()).toBe(false);
    expect(isWhole(reader.acquire()!)).toBe(true);
    const second = openWriter();
    publishIn(second, second.segment, append(second.segment, 1));
    await expect.poll(() => told.at(-1), PATIENCE).toBe('returned');
    expect(reader.reattach()).toBe(true);
    expect(reader.instance).not.toBe(instance);
    expect(isWhole(reader.acquire()!)).toBe(true);
    publishIn(second, second.segment, append(second.segment, 2));
    await expect.poll(() => told, PATIENCE).toContain('commit 2');
    await expect.poll(() => told.filter((word) => word.startsWith('master')).at(-1), PATIENCE).toBe('master true');
    expect(isWhole(before)).toBe(true);
    second.close();
    reader.close();
  });

  it('hears that somebody has deleted the files by hand', async () => {
    openWriter().close();
    const reader = regions.RegionReader.open('d', { dir });
    reader.watch(listenTo(reader));
    for (const file of readdirSync(dir)) rmSync(join(dir, file));
    await expect.poll(() => told, PATIENCE).toEqual(['removed']);
    reader.close();
  });

  it('ends when nothing else keeps its process alive', async () => {
    openWriter().close();
    const child = start(kind, 'region-watcher.mjs', dir, 'd');
    expect(await child.line()).toBe('watch');
    expect(await child.line()).toBeUndefined(); // it has ended, though its standard input is open
  });

  it('stays while it is asked to', async () => {
    const writer = openWriter();
    const child = start(kind, 'region-watcher.mjs', dir, 'd', 'ref');
    expect(await child.line()).toBe('watch');
    publishIn(writer, writer.segment, append(writer.segment, 1));
    expect(await child.line()).toBe('commit 1');
    writer.close();
    expect(await child.line()).toBe('master false');
    regions.remove('d', { dir });
    expect(await child.line()).toBe('removed');
    expect(await child.line()).toBeUndefined();
  });

  it('polls where no watcher can be had', async () => {
    const writer = openWriter();
    publishIn(writer, writer.segment, append(writer.segment, 1));
    const child = startLimited(kind, 100, 'region-watcher.mjs', dir, 'd', 'exhausted');
    expect(await child.line()).toBe('poll');
    publishIn(writer, writer.segment, append(writer.segment, 2));
    expect(await child.line()).toBe('commit 2');
    writer.close();
    expect(await child.line()).toBe('master false');
    regions.remove('d', { dir });
    expect(await child.line()).toBe('removed');
    expect(await child.line()).toBeUndefined();
  });
});

describe('a region watcher', () => {
  /** A target that can be made to do anything. */
  function fakeTarget(): WatchTarget & Record<'version' | 'alive' | 'removed' | 'back' | 'fails', unknown> {
    const target = {
      path: '/dev/null/nothing',
      version: 1 as unknown,
      alive: true as unknown,
      removed: false as unknown,
      back: false as unknown,
      fails: undefined as unknown,
      versionWord: () => target.version as number,
      namedMaster() {
        if (target.fails !== undefined) throw target.fails;
        return 1;
      },
      isMasterAlive: () => target.alive as boolean | undefined,
      isBack: () => target.back as boolean,
      isRemoved() {
        if (target.fails !== undefined) throw target.fails;
        return target.removed as boolean;
      },
    };
    return target;
  }

  function listen(target: WatchTarget) {
    const told: string[] = [];
    const watcher = new RegionWatcher(
      target,
      {
        commit: () => told.push('commit'),
        master: (alive) => told.push(`master ${alive}`),
        removed: () => told.push('removed'),
        returned: () => told.push('returned'),
        error: (error) => told.push(`error ${error}`),
      },
      () => told.push('closed'),
    );
    return { told, watcher };
  }

  it('tells each change, on a timer where nothing can be watched', () => {
    vi.useFakeTimers();
    try {
      const target = fakeTarget();
      const { told, watcher } = listen(target);
      expect(watcher.mode).toBe('poll');
      const expectAfterAWhile = (expected: string[]) => {
        vi.advanceTimersByTime(2000);
        expect(told.splice(0)).toEqual(expected);
      };
      expectAfterAWhile([]);
      target.version = 2;
      expectAfterAWhile(['commit']);
      target.version = Number.NaN;
      expectAfterAWhile(['commit']);
      target.alive = false;
      expectAfterAWhile(['master false']);
      target.alive = undefined; // another has it, in another pid namespace: nothing is known
      expectAfterAWhile([]);
      target.fails = 'no permission';
      expectAfterAWhile(['error no permission']);
      target.fails = undefined;
      expectAfterAWhile([]);
      target.fails = 'again';
      target.version = 3; // woken for a commit, it asks who is master too
      expectAfterAWhile(['commit', 'error again']);
      target.fails = undefined;
      target.removed = true;
      expectAfterAWhile(['removed']);
      target.back = true;
      vi.advanceTimersByTime(1000);
      expect(told.length).toBeGreaterThan(1); // until the reader has changed over to it
      expect(new Set(told.splice(0))).toEqual(new Set(['returned']));
      target.removed = false;
      target.alive = true;
      watcher.retarget();
      expectAfterAWhile(['master true']);
      target.version = 1;
      target.removed = true;
      target.back = false;
      expectAfterAWhile(['commit', 'removed']);
      watcher.close();
      watcher.close();
      target.version = 9;
      expectAfterAWhile(['closed']);
    } finally {
      vi.useRealTimers();
    }
  });
});
