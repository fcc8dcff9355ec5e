/** Masters that are killed at random instants under followers that never stop reading, and masters that fight for a region. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/region/inspection.js';
import { RegionReader } from '../../src/region/reader.js';
import { RegionWriter } from '../../src/region/writer.js';
import { isWhole } from '../programs/region-payload.mjs';
import { type Child, start } from '../unit/region/children.js';
import { KINDS, type Kind, newDirectory, noNative } from '../unit/region/kit.js';

const ROUNDS = 12;
const MOST_MS = 120;
const FIGHTS = 150;
const TIMEOUT_MS = 180_000;

const MIXTURES: { masters: Kind[]; followers: Kind[] }[] = [
  { masters: ['native'], followers: ['native', 'native'] },
  { masters: ['syscalls'], followers: ['syscalls', 'syscalls'] },
  { masters: ['native', 'syscalls'], followers: ['native', 'syscalls'] },
];

describe.each(MIXTURES)('masters $masters, followers $followers', ({ masters, followers }) => {
  const lacking = masters.includes('native') ? noNative : '';

  it.skipIf(lacking)(`kill -9 at random instants${lacking}`, { timeout: TIMEOUT_MS }, async () => {
    const dir = newDirectory();
    let master = await startMaster(masters[0], dir, 0);
    const readers = followers.map((kind) => start(kind, 'region-follower.mjs', dir, 'random'));
    for (const reader of readers) expect(await reader.line()).toBe('attached');
    for (let round = 1; round <= ROUNDS; round++) {
      await setTimeout(Math.random() * MOST_MS);
      await master.kill();
      master = await startMaster(masters[round % masters.length], dir, newestVersion(dir));
    }
    await master.finish();
    for (const reader of readers) {
      const seen = JSON.parse((await reader.finish())[0]);
      expect(seen).toMatchObject({ torn: 0, backwards: 0, last: newestVersion(dir) });
      expect(seen.versions).toBeGreaterThan(ROUNDS);
    }
    expect(inspect('random', { dir }).findings).toEqual([]);
  });
});

describe('of many that want to be the master', () => {
  const contestants = [...KINDS, ...KINDS];

  /** What the contenders have published: the versions of each instance of the region. */
  async function fight(dir: string): Promise<Map<string, number[]>> {
    const contenders = contestants.map((kind) => start(kind, 'region-contender.mjs', dir, 'fight', FIGHTS));
    const lines = (await Promise.all(contenders.map((contender) => contender.finish()))).flat();
    const versions = new Map<string, number[]>();
    for (const [instance, version] of lines.map((line) => line.split(' '))) {
      versions.set(instance, [...(versions.get(instance) ?? []), Number(version)]);
    }
    expect(lines.length).toBe(contestants.length * FIGHTS);
    return versions;
  }

  function expectNoneTwice(versions: Map<string, number[]>): void {
    for (const list of versions.values()) {
      expect(list.sort((a, b) => a - b)).toEqual(Array.from({ length: list.length }, (_, i) => i + 1));
    }
  }

  it('one is at a time (I7)', { timeout: TIMEOUT_MS }, async () => {
    const dir = newDirectory();
    const versions = await fight(dir);
    expect(versions.size).toBe(1);
    expectNoneTwice(versions);
    RegionWriter.open('fight', { dir }).close();
    expect(inspect('fight', { dir }).findings).toEqual([]);
  });

  it('one is at a time, though the region is removed again and again (I7, I10)', { timeout: TIMEOUT_MS }, async () => {
    const dir = newDirectory();
    const removers = KINDS.map((kind) => start(kind, 'region-remover.mjs', dir, 'fight'));
    const versions = await fight(dir);
    for (const remover of removers) expect(Number((await remover.finish())[0])).toBeGreaterThan(0);
    expect(versions.size).toBeGreaterThan(2);
    expectNoneTwice(versions);
    RegionWriter.open('fight', { dir }).close();
    expect(inspect('fight', { dir }).findings).toEqual([]);
  });
});

/** The next master continues with the version after `newest`, the last one that followers can have seen. */
async function startMaster(kind: Kind, dir: string, newest: number): Promise<Child> {
  const master = start(kind, 'region-publisher.mjs', dir, 'random');
  expect(Number(await master.line())).toBe(newest + 1);
  return master;
}

function newestVersion(dir: string): number {
  const reader = RegionReader.open('random', { dir });
  const acquired = reader.acquire();
  reader.close();
  if (acquired === undefined) throw new Error('no version is left');
  expect(isWhole(acquired)).toBe(true);
  return acquired.commit.version;
}
