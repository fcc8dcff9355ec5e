/** Looks at everything that may come back from the moments of a life. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { expect } from 'vitest';
import { numbers } from '../unit/region/kit.js';
import { boot } from './directories.js';
import { fates } from './fates.js';
import type { Library } from './library.js';
import { HISTORY, type Life, type Moment, payload } from './life.js';
import { machine } from './machine.js';
import { type Cut, choicesOf, type Image, imageOf } from './medium.js';
import { Recorder } from './recorder.js';

const SEED = Number(process.env.JSONMMAP_SEED ?? (Date.now() % 1e9) + 1);
/** One image in so many is lost again, while a master recovers it. */
const AGAIN = 100;
/** What fills blocks that were never written. */
const FILLINGS = [0, 0xa5];

export interface Outcome {
  /** How many images were looked at, no two of them alike. */
  readonly images: number;
  /** What is wrong with the first one that is. */
  readonly wrong: string | undefined;
}

export function lookAtAll(library: Library, life: Life): Outcome {
  const next = numbers(SEED);
  const known = new Set<string>();
  const again: Moment[] = [];
  for (let at = 0; at < life.moments.length + again.length; at++) {
    const moment = life.moments[at] ?? again[at - life.moments.length];
    for (const [how, fate] of fates(choicesOf(moment.cut), next)) {
      const image = imageOf(moment.cut, fate, FILLINGS[next() % 2]);
      const name = nameOf(image, moment);
      if (known.has(name)) continue;
      known.add(name);
      const wrong = whatIsWrong(library, life, moment, image);
      if (wrong !== undefined) {
        return { images: known.size, wrong: `seed ${SEED}, ${moment.cut.where}, ${how}: ${wrong}` };
      }
      if (at < life.moments.length && next() % AGAIN === 0) again.push(...lostAgain(library, moment, image));
    }
  }
  return { images: known.size, wrong: undefined };
}

function whatIsWrong(library: Library, life: Life, moment: Moment, image: Image): string | undefined {
  const dir = boot(image);
  try {
    followerSees(library, life, moment, dir);
    masterGoesOn(library, life, moment, dir);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A follower that comes before any master sees an allowed version, whole. */
function followerSees({ Follower, check }: Library, life: Life, moment: Moment, dir: string): void {
  const mayBeGone = moment.least === 0 || moment.removal !== 'none';
  if (mayBeGone && codeOf(() => Follower.open('doc', { dir }).close()) === 'ERR_REGION_NOT_FOUND') return;
  const follower = Follower.open('doc', { dir });
  try {
    expectAllowed(life, moment, follower.version, follower.current);
    expect(check('doc', { dir }).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  } finally {
    follower.close();
  }
}

/** The next master finds the same, with what is guaranteed of the history, and nothing is left behind. */
function masterGoesOn({ Master, Follower, check }: Library, life: Life, moment: Moment, dir: string): void {
  const master = Master.open('doc', { dir, durability: 'disk', history: HISTORY });
  try {
    const { version } = master;
    expectAllowed(life, moment, version, master.current);
    if (version > 0) {
      expect(check('doc', { dir }).problems).toEqual([]);
      const follower = Follower.open('doc', { dir });
      const kept = follower.history().filter((commit) => commit.version > version - moment.history);
      expect(kept.length).toBe(Math.min(version, moment.history));
      for (const commit of kept) {
        expect(follower.at(commit.version).current).toEqual(life.documents.get(commit.version));
      }
      follower.close();
    }
    expect(master.write(payload(version + 1, 50, 9))).toBe(version + 1);
    expect(check('doc', { dir }).problems).toEqual([]);
  } finally {
    master.close();
  }
}

function expectAllowed(life: Life, { least, most, removal }: Moment, version: number, document: unknown): void {
  if (removal === 'done') expect(version).toBe(0);
  if (version === 0 && removal !== 'none') return;
  expect(version).toBeGreaterThanOrEqual(least);
  expect(version).toBeLessThanOrEqual(most);
  expect(document).toEqual(life.documents.get(version));
}

/** Yields the moments at which the power fails again, while a master recovers `image`. */
function* lostAgain({ Master, setFailpointHook }: Library, moment: Moment, image: Image): Generator<Moment> {
  const cuts: Cut[] = [];
  const recorder = new Recorder(boot(image));
  recorder.adopt();
  recorder.onCut = (cut) => cuts.push(cut);
  machine.recorder = recorder;
  setFailpointHook(() => recorder.cut('recovering'));
  const master = Master.open('doc', { dir: recorder.directory, durability: 'disk', history: moment.history });
  const { version } = master;
  recorder.cut('recovered');
  machine.recorder = undefined;
  setFailpointHook(undefined);
  master.close();
  recorder.close();
  rmSync(recorder.directory, { recursive: true });
  for (const cut of cuts) yield { ...moment, cut };
  yield { ...moment, cut: cuts.at(-1) as Cut, least: version };
}

function nameOf(image: Image, { least, most, removal }: Moment): string {
  const hash = createHash('md5').update(`${least} ${most} ${removal}`);
  for (const [name, content] of image) hash.update(name).update(content);
  return hash.digest('base64');
}

function codeOf(body: () => void): unknown {
  try {
    body();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}
