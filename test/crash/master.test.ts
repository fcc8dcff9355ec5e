/**
 * Masters that are killed in the middle of writes of every kind and of compactions, at named steps and at random instants: followers read the
 * old version or the new one, the next master goes on with the count, and nothing is left behind. JSONMMAP_CRASH_SECONDS makes it longer.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { check, Follower, Master } from '../../src/index.js';
import { type documentAt, faultOf, publishNext } from '../programs/master-payload.mjs';
import { codeOf, newDirectory } from '../unit/master/kit.js';
import { start } from '../unit/region/children.js';
import { describeKinds, KINDS, type Kind } from '../unit/region/kit.js';

const NAME = 'crash';
const VERSIONS = 24;
const TIMEOUT_MS = 600_000;
const RANDOM_SECONDS = Number(process.env.JSONMMAP_CRASH_SECONDS ?? 6);
const LONGEST_LIFE_MS = 120;
/** Instants of a publish at which its version is visible. */
const VISIBLE = new Set(['publish:version', 'publish:notified', 'switch:published', 'switch:unlinked']);
const LEFT_BY_A_MASTER = /^crash\.(ctl|lock|\d+\.seg)$/;

/** What a child said before its end. */
interface Life {
  readonly acknowledged: number;
  readonly steps: readonly string[];
}

async function live(kind: Kind, dir: string, crashAt = ''): Promise<Life> {
  if (crashAt !== '') vi.stubEnv('JSONMMAP_CRASH_AT', crashAt);
  const child = start(kind, 'master-crash.mjs', dir, VERSIONS);
  vi.unstubAllEnvs();
  return lifeOf(await child.finish());
}

function lifeOf(lines: readonly string[]): Life {
  const steps = lines.find((line) => line.startsWith('steps '))?.slice('steps '.length);
  return { acknowledged: Math.max(0, ...lines.map(Number).filter(Number.isInteger)), steps: steps?.split(',') ?? [] };
}

/** What a follower that comes after the crash reads: the newest version, 0 for none. */
function newestVersion(dir: string): number {
  if (codeOf(() => Follower.open(NAME, { dir }).close()) === 'ERR_REGION_NOT_FOUND') return 0;
  using follower = Follower.open(NAME, { dir });
  const { version } = follower;
  expect(faultOf(follower.current, version)).toBeUndefined();
  expect(faultOf(follower.view, version)).toBeUndefined();
  expect(follower.status().masterAlive).toBe(false);
  for (const kept of follower.history())
    expect(faultOf(follower.at(kept.version).current, kept.version)).toBeUndefined();
  return version;
}

/** The next master continues after `version`, keeps the document, and leaves nothing behind. */
function nextMasterContinues(dir: string, version: number): void {
  using master = Master.open<ReturnType<typeof documentAt>>(NAME, { dir, history: 2 });
  expect(master.version).toBe(version);
  if (version > 0) expect(faultOf(master.current, version)).toBeUndefined();
  for (let next = version + 1; next <= version + 8; next++) expect(publishNext(master)).toBe(next);
  const report = check(NAME, { dir, versions: Number.POSITIVE_INFINITY });
  expect(report).toMatchObject({ version: version + 8, problems: [] });
  expect(report.versions.length).toBeGreaterThanOrEqual(2);
  master.close();
  expect(readdirSync(dir).filter((name) => !LEFT_BY_A_MASTER.test(name))).toEqual([]);
}

async function dieAndContinue(kind: Kind, crashAt: string, step: string): Promise<void> {
  const dir = newDirectory();
  const { acknowledged, steps } = await live(kind, dir, crashAt);
  expect(steps, `${crashAt} was never reached`).toEqual([]);
  expect(newestVersion(dir)).toBe(acknowledged + (VISIBLE.has(step) ? 1 : 0));
  nextMasterContinues(dir, newestVersion(dir));
}

/** Of each step, one in the middle of a life and the last: by then all kinds of writes and some compactions have been. */
function chosen(steps: readonly string[]): string[] {
  return [...new Set(steps)].flatMap((name) => {
    const count = steps.filter((step) => step === name).length;
    return [...new Set([Math.ceil(count / 2), count])].map((occurrence) => `${name}:${occurrence}`);
  });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describeKinds('a master killed at a step of its writes', (kind) => {
  it(
    'leaves the old version or the new one, and the next goes on',
    async () => {
      const { steps } = await live(kind, newDirectory());
      expect(steps.filter((step) => step === 'switch:published').length).toBeGreaterThanOrEqual(2);
      for (const crashAt of chosen(steps)) {
        const step = crashAt.slice(0, crashAt.lastIndexOf(':'));
        await dieAndContinue(kind, crashAt, step).catch(at(`killed at ${crashAt}`));
      }
    },
    TIMEOUT_MS,
  );
});

describe('masters killed at random instants, one after the other', () => {
  it(
    'lose nothing that was acknowledged',
    async () => {
      const dir = newDirectory();
      const end = performance.now() + RANDOM_SECONDS * 1000;
      let [version, rounds] = [0, 0];
      let follower: Follower | undefined;
      for (; performance.now() < end; rounds++) {
        const child = start(KINDS[0], 'master-crash.mjs', dir, 1_000_000);
        expect(await child.line()).toBe('open');
        await delay(Math.random() * LONGEST_LIFE_MS);
        await child.kill();
        const { acknowledged } = lifeOf(await child.finish());
        const newest = newestVersion(dir);
        expect(newest, 'an acknowledged version is lost').toBeGreaterThanOrEqual(acknowledged);
        expect(newest, 'a version was not acknowledged, nor in the making').toBeLessThanOrEqual(
          Math.max(acknowledged, version) + 1,
        );
        if (newest === 0) continue;
        follower ??= Follower.open(NAME, { dir });
        expect(faultOf(follower.current, newest), 'a follower that stayed').toBeUndefined();
        version = newest;
      }
      follower?.close();
      console.log(`${rounds} masters killed, ${version} versions`);
      nextMasterContinues(dir, version);
    },
    TIMEOUT_MS,
  );
});

/** Says where an expectation failed. */
function at(where: string) {
  return (error: Error) => {
    error.message = `${where}: ${error.message}`;
    throw error;
  };
}
