/** A master that is killed at every step of its life, one run for each: followers read the old or the new version, and the next master goes on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { FAILPOINTS } from '../../src/region/failpoints.js';
import { inspect } from '../../src/region/inspection.js';
import { type Acquired, RegionReader } from '../../src/region/reader.js';
import { RegionWriter } from '../../src/region/writer.js';
import { isFull } from '../effort.js';
import { append, isWhole, publishIn } from '../programs/region-payload.mjs';
import { describeKinds, diskParent, type Kind, newDirectory, noDisk, noNative } from '../unit/region/kit.js';

/** What a child said before its end. */
interface Life {
  readonly versions: number[];
  readonly removed: boolean;
  readonly steps: string[];
  readonly signal: string | null;
  /** What a follower acquired while the child lived. */
  readonly early: Acquired | undefined;
  readonly follower: RegionReader | undefined;
}

const PROGRAM = join(import.meta.dirname, '..', 'programs', 'region-crash.mjs');
/** Instants of a publish at which its version is visible. */
const VISIBLE = new Set(['publish:version', 'publish:notified', 'switch:published', 'switch:unlinked']);
/** Instants of a durable publish at which its version is not visible, and yet will be: the next master publishes it. */
const IN_SLOT = new Set(['slot:stored', 'slot:synced', 'publish:half-record', 'publish:record']);
const TIMEOUT_MS = 300_000;

async function live(kind: Kind, dir: string, scenario: string, crashAt = '*:Infinity'): Promise<Life> {
  const env = { ...process.env, JSONMMAP_SYSTEM: kind, JSONMMAP_CRASH_AT: crashAt };
  const child = spawn(process.execPath, [PROGRAM, dir, scenario], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  let follower: RegionReader | undefined;
  let early: Acquired | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    follower ??= tryFollow(dir);
    early ??= follower?.acquire();
  }
  const [, signal] = await exited;
  return {
    versions: lines.map(Number).filter((version) => version > 0),
    removed: lines.includes('removed'),
    steps:
      lines
        .find((line) => line.startsWith('steps '))
        ?.slice(6)
        .split(',') ?? [],
    signal,
    early,
    follower,
  };
}

/** The child may be dead, and its region removed, before its words arrive. */
function tryFollow(dir: string): RegionReader | undefined {
  try {
    return RegionReader.open('crash', { dir });
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_REGION_NOT_FOUND' });
    return undefined;
  }
}

/** What a follower that comes after the crash finds: the newest version, 0 for none. */
function newestVersion(dir: string): number {
  const reader = tryFollow(dir);
  if (reader === undefined) return 0;
  const acquired = reader.acquire();
  expect(reader.status().masterAlive).toBe(false);
  for (const { version } of reader.history()) expect(isWhole(reader.acquireAt(version))).toBe(true);
  reader.close();
  if (acquired === undefined) return 0;
  expect(isWhole(acquired)).toBe(true);
  return acquired.commit.version;
}

/** The next master publishes `version`, keeps what is guaranteed, and leaves nothing behind. */
async function nextMasterContinues(kind: Kind, dir: string, version: number): Promise<void> {
  if (kind === 'native') {
    const writer = RegionWriter.open('crash', { dir, history: 2 });
    expect(publishIn(writer, writer.segment, append(writer.segment, version)).version).toBe(version);
    writer.close();
  } else {
    expect((await live(kind, dir, 'takeover')).versions).toEqual([version]);
  }
  const reader = RegionReader.open('crash', { dir });
  const kept = Math.max(1, version - 1);
  expect(reader.acquire()?.commit.version).toBe(version);
  expect(isWhole(reader.acquireAt(kept))).toBe(true);
  reader.close();
  expect(inspect('crash', { dir }).findings).toEqual([]);
  expect(readdirSync(dir).filter((name) => !/^crash\.(ctl|lock|\d+\.seg)$/.test(name))).toEqual([]);
}

async function dieAndContinue(kind: Kind, dir: string, scenario: string, crashAt: string, step: string): Promise<void> {
  const before = newestVersion(dir);
  const life = await live(kind, dir, scenario, crashAt);
  expect(life.signal).toBe('SIGKILL');
  const acknowledged = life.versions.at(-1) ?? before;
  const newest = newestVersion(dir);
  const removing = scenario === 'removal' && newest === 0;
  if (!removing) expect(newest).toBe(acknowledged + (VISIBLE.has(step) ? 1 : 0));
  const restored = scenario === 'durable' && IN_SLOT.has(step) ? 1 : 0;
  await nextMasterContinues(kind, dir, newest + restored + 1);
  if (life.early !== undefined) expect(isWhole(life.early)).toBe(true);
  life.follower?.close();
}

/** The instants to be killed at: the first and the last time at each failpoint; in a short run the last time at every twenty-fourth. */
function instants(steps: string[]): [number, string][] {
  const isFirst = ([i, step]: [number, string]) => isFull && steps.indexOf(step) === i;
  const lasts = [...steps.entries()].filter(
    (instant) => isFirst(instant) || steps.lastIndexOf(instant[1]) === instant[0],
  );
  return isFull ? lasts : lasts.filter((_, i) => i % 24 === 0);
}

describeKinds('a master killed at each step', (kind) => {
  it.each(['life', 'removal'])('%s', { timeout: TIMEOUT_MS }, async (scenario) => {
    const { steps } = await live(kind, newDirectory(), scenario);
    expect(new Set(steps).size).toBeGreaterThan(10);
    for (const [i, step] of instants(steps)) {
      await dieAndContinue(kind, newDirectory(), scenario, `*:${i + 1}`, step).catch(at(scenario, i, step));
    }
  });

  it.skipIf(noDisk)(`a durable life${noDisk}`, { timeout: TIMEOUT_MS }, async () => {
    const { steps } = await live(kind, newDirectory(diskParent), 'durable');
    expect(steps).toContain('slot:synced');
    for (const [i, step] of instants(steps)) {
      await dieAndContinue(kind, newDirectory(diskParent), 'durable', `*:${i + 1}`, step).catch(at('durable', i, step));
    }
  });

  it.each([
    ['segment:created:2', 'takeover:orphan'],
    ['switch:published:2', 'switch:unlinked'],
  ])('takeover, after a master killed at %s', { timeout: TIMEOUT_MS }, async (crashAt, passed) => {
    const killed = async () => {
      const dir = newDirectory();
      expect((await live(kind, dir, 'life', crashAt)).signal).toBe('SIGKILL');
      return dir;
    };
    const { steps } = await live(kind, await killed(), 'takeover');
    expect(steps).toContain(passed);
    for (const [i, step] of instants(steps)) {
      await dieAndContinue(kind, await killed(), 'takeover', `*:${i + 1}`, step).catch(at('takeover', i, step));
    }
  });
});

describe('the steps', () => {
  it.skipIf(noNative || noDisk)(`are all passed by the scenarios${noNative}${noDisk}`, async () => {
    const dir = newDirectory();
    await live('native', dir, 'life', 'segment:created:2');
    const lives = [await live('native', dir, 'takeover'), await live('native', dir, 'life')];
    const disk = newDirectory(diskParent);
    lives.push(await live('native', disk, 'durable'), await live('native', disk, 'takeover'));
    lives.push(await live('native', dir, 'removal'), await live('syscalls', dir, 'takeover'));
    expect(new Set(lives.flatMap(({ steps }) => steps))).toEqual(new Set(FAILPOINTS));
  });
});

/** Says at which step an expectation failed. */
function at(scenario: string, i: number, step: string) {
  return (error: Error) => {
    error.message = `${scenario}, killed at step ${i + 1}, ${step}: ${error.message}`;
    throw error;
  };
}
