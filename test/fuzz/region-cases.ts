/** One case of the fuzzing of files: a region that a seed has damaged, before or while it is followed, and everything that is then done with it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, Follower, JsonMmapError, Master, type Path, regions } from '../../src/index.js';
import { smallDocuments } from './documents.js';
import { damagedImage, forgeCommit } from './file-damage.js';
import { overwriteImage, placeImage } from './image-files.js';
import { type Image, makeImages, NAME } from './images.js';
import { Random } from './random.js';
import { described } from './reads.js';

/** `scripts/fuzz.mjs` names a directory that it removes, whatever becomes of this process. */
const parent = process.env.FUZZ_DIR ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
let images: readonly Image[] | undefined;
let dir = '';

/** @throws where damaged files lead to anything but values or codes */
export async function tryRegion(seed: number): Promise<void> {
  prepare();
  const random = new Random(seed);
  await random.of(uses)(random);
}

/** Removes the files of the cases. */
export function cleanUp(): void {
  if (dir !== '') rmSync(dir, { recursive: true, force: true });
  dir = '';
}

const uses: readonly ((random: Random) => void | Promise<void>)[] = [
  (random) => {
    placeImage(dir, damagedImage(random, images!, true));
    follow(random);
  },
  (random) => {
    placeImage(dir, damagedImage(random, images!, true));
    takeOver(random);
    follow(random);
  },
  damageWhileFollowed,
];

function prepare(): void {
  if (dir !== '') return;
  dir = mkdtempSync(join(parent, 'jsonmmap-fuzz-'));
  images ??= makeImages(dir);
}

/** Reads through everything that a follower has, and looks from outside. */
function follow(random: Random): void {
  const follower = attempt(() => Follower.open(NAME, { dir }));
  if (follower !== undefined) readAll(random, follower);
  follower?.close();
  attempt(() => check(NAME, { dir, versions: random.of([1, 3, Number.POSITIVE_INFINITY]) }));
  attempt(() => regions({ dir }));
}

async function damageWhileFollowed(random: Random): Promise<void> {
  const before = random.of(images!);
  placeImage(dir, before);
  const follower = Follower.open(NAME, { dir });
  const selection = follower.select(random.of(PATHS));
  const changes = follower.changes();
  if (random.once(2)) void follower.current;
  const after = damagedImage(random, [before], false);
  if (random.once(2)) forgeCommit(after, 6, 1 + random.below(5));
  overwriteImage(dir, after);
  attempt(() => selection.value);
  if (random.once(20)) await listen(follower);
  readAll(random, follower);
  selection.close();
  void changes.return?.();
  follower.close();
}

/** What is told of a change, to listeners and to who waits for the next one. */
async function listen(follower: Follower): Promise<void> {
  const unexpected: unknown[] = [];
  const caught = (error: unknown): void => void (isExpected(error) || unexpected.push(error));
  follower.on('error', caught);
  follower.on('change', (change) => attempt(() => described(change.patch, false)));
  const turn = new Promise((resolve) => setImmediate(resolve));
  await Promise.race([
    attempt(() => follower.changes())
      ?.next()
      .catch(caught),
    turn,
  ]);
  await turn;
  if (unexpected.length > 0) throw unexpected[0];
}

const PATHS: readonly Path[] = [
  '',
  '/a',
  '/b/1',
  '/c/d',
  '/key 3',
  '/list/2/text',
  '/7',
  '/-',
  ['__proto__'],
  ['x', 40],
];

function readAll(random: Random, follower: Follower): void {
  const newest = attempt(() => follower.version) ?? 0;
  const path = random.of(PATHS);
  const reads: (() => unknown)[] = [
    () => described(follower.current, true),
    () => described(follower.view, false),
    () => JSON.stringify(follower.view),
    () => follower.get(path),
    () => follower.has(path),
    () => follower.keys(path),
    () => follower.size(path),
    () => follower.select(path).value,
    () => described(follower.snapshot().current, true),
    () => follower.history(),
    () => described(follower.at(newest - random.below(6)).current, true),
    () => described(follower.diff(newest - random.below(6)), false),
    () => described(follower.diff(newest, newest - random.below(6)), false),
    () => follower.status(),
  ];
  const first = random.below(reads.length);
  for (let i = 0; i < reads.length; i++) attempt(reads[(first + i) % reads.length]);
}

/** Becomes the master of what is there, and writes in every way. */
function takeOver(random: Random): void {
  const master = attempt(() =>
    Master.open(NAME, {
      dir,
      history: random.of([1, 2, 6, 300]),
      durability: random.of([undefined, 'none']),
      initial: { initial: true },
    }),
  );
  if (master === undefined) return;
  try {
    for (let left = random.below(6); left > 0; left--) attempt(() => random.of(writes)(random, master));
    attempt(() => described(master.current, true));
    attempt(() => master.sizes());
  } finally {
    master.close();
  }
}

const someDocument = (random: Random) => random.of(smallDocuments)[random.of(['before', 'after'] as const)];

const writes: readonly ((random: Random, master: Master) => unknown)[] = [
  (random, master) => master.write(someDocument(random)),
  (random, master) => master.set(random.of(PATHS), someDocument(random)),
  (random, master) => master.delete(random.of(PATHS.slice(1))),
  (random, master) => master.merge({ a: null, list: random.below(9), c: { d: someDocument(random) } }),
  (random, master) =>
    master.patch([
      { op: 'add', path: '/a', value: someDocument(random) },
      { op: 'copy', from: '/a', path: '/moved' },
      { op: 'remove', path: '/b' },
    ]),
  (_, master) =>
    master.update((draft) => {
      if (Array.isArray(draft)) draft.push('drafted');
      else if (typeof draft === 'object' && draft !== null) Object.assign(draft, { drafted: true });
    }),
  (random, master) =>
    master.transaction(() => {
      master.set('/a', random.below(9));
      attempt(() => master.get(random.of(PATHS)));
      if (random.once(3)) master.write(someDocument(random));
    }),
];

/** What reads and writes of damaged files may say. */
const EXPECTED = [
  'ERR_REGION_CORRUPT',
  'ERR_REGION_FORMAT',
  'ERR_REGION_NOT_FOUND',
  'ERR_REGION_LOCKED', // the state names a process that lives
  'ERR_DIRECTORY', // the state says that the region is durable, and it is in memory
  'ERR_VERSION_GONE',
  'ERR_INVALID_ARG', // a ring too small for the history, a version below 1
  'ERR_PATH_NOT_FOUND',
  'ERR_PATH_INVALID',
  'ERR_TOO_LARGE',
];

function isExpected(error: unknown): boolean {
  return error instanceof JsonMmapError && EXPECTED.includes(error.code);
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isExpected(error)) return undefined;
    throw error;
  }
}
