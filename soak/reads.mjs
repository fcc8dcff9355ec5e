// Every way to read, each checking what it sees.
import { isDeepStrictEqual } from 'node:util';
import { applyPatch } from './apply-patch.mjs';
import { examine, faultOfPart } from './document.mjs';
import { now } from './journal.mjs';

const HELD = 6;
const STABLE_TRIES = 5;

/**
 * @typedef {object} Eyes of one follower
 * @property {import('jsonmmap').Follower<import('./document.mjs').Payload>} follower
 * @property {import('jsonmmap').Selection<import('./document.mjs').Part>} selection
 * @property {string} selected key of the part that it selects
 * @property {import('./sightings.mjs').Sightings} sightings
 * @property {import('./random.mjs').Random} random
 * @property {{ snapshot: import('jsonmmap').Snapshot<import('./document.mjs').Payload>, digest: number }[]} held
 */

/** @type {Record<string, (eyes: Eyes) => void>} */
export const READS = {
  current(eyes) {
    whole(eyes, () => eyes.follower.current);
  },

  view(eyes) {
    whole(eyes, () => eyes.follower.view);
  },

  document(eyes) {
    whole(eyes, () => eyes.follower.get(''));
  },

  part(eyes) {
    const { follower, random } = eyes;
    const seen = stable(eyes, () => {
      const keys = follower.keys('/parts');
      const key = random.pick(keys);
      return {
        keys,
        key,
        size: follower.size('/parts'),
        there: follower.has(['parts', key]),
        part: follower.get(['parts', key]),
      };
    });
    if (seen === undefined) return;
    const { keys, key, size, there, part } = seen;
    if (!there || keys.length !== size)
      throw new Error(`keys has ${keys}, size is ${size}, ${key} is ${there ? '' : 'not '}there`);
    insist(faultOfPart(key, part));
  },

  selection(eyes) {
    const { follower, selection, selected } = eyes;
    const seen = stable(eyes, () => ({ value: selection.value, part: follower.get(['parts', selected]) }));
    if (seen === undefined) return;
    if (seen.value !== undefined) insist(faultOfPart(selected, seen.value));
    if (seen.value?.sum !== seen.part?.sum) throw new Error(`the selection of ${selected} is not what stands there`);
  },

  snapshot(eyes) {
    const { follower, sightings, random, held } = eyes;
    const begin = now();
    const snapshot = follower.snapshot();
    const end = now();
    const digest = digestOf(random.chance(0.5) ? snapshot.current : snapshot.view, snapshot.version);
    sightings.saw(snapshot.version, digest, begin, end);
    const place = random.integer(HELD);
    if (random.chance(0.5)) held[place]?.snapshot.close(); // half of them are dropped without a word
    held[place] = { snapshot, digest };
  },

  /** A snapshot that was taken long ago says what it said. */
  held(eyes) {
    const { snapshot, digest } = eyes.held[eyes.random.integer(HELD)] ?? {};
    if (snapshot === undefined) return;
    const again = digestOf(eyes.random.chance(0.5) ? snapshot.get('') : snapshot.view, snapshot.version);
    if (again !== digest) throw new Error(`the snapshot of version ${snapshot.version} has become another`);
  },

  history({ follower, sightings, random }) {
    const past = kept(() => follower.at(random.pick(follower.history()).version));
    if (past !== undefined) sightings.sawOld(past.version, digestOf(past.current, past.version));
  },

  difference({ follower, random }) {
    const versions = follower.history().map(({ version }) => version);
    const [from, to] = [random.pick(versions), random.pick(versions)];
    kept(() => checkPatch(follower.at(from), follower.at(to), follower.diff(from, to)));
  },
};

/** Returns the digest of `document` as the one of `version`. @throws an error that says what is wrong with it */
export function digestOf(document, version) {
  const { digest, fault } = examine(document, version);
  insist(fault);
  return digest;
}

/** @throws an error when `patch` does not make `to` of `from` */
export function checkPatch(from, to, patch) {
  const made = applyPatch(JSON.parse(JSON.stringify(from.current)), patch); // a structured clone would keep two equal parts one object
  if (isDeepStrictEqual(made, to.current)) return;
  const place = difference(made, to.current);
  throw new Error(
    `the patch from version ${from.version} to ${to.version} makes another document ${place}: ${JSON.stringify(patch).slice(0, 500)}`,
  );
}

function difference(made, wanted) {
  const [a, b] = [made, wanted].map((document) => JSON.stringify(document));
  const at = [...a].findIndex((character, i) => character !== b[i]);
  return `(…${a.slice(Math.max(0, at - 100), at + 50)}, not …${b.slice(Math.max(0, at - 100), at + 50)})`;
}

function whole(eyes, read) {
  stable(eyes, read, digestOf);
}

/** Reads between two looks at the version, until both are the same: then it is that of what was read. Undefined when it changes all the time. */
function stable({ follower, sightings }, read, digestAt = () => NaN) {
  for (let tries = 0; tries < STABLE_TRIES; tries++) {
    const begin = now();
    const { version } = follower;
    const value = read();
    if (follower.version !== version) continue;
    const end = now();
    sightings.saw(version, digestAt(value, version), begin, end);
    return value;
  }
  return undefined;
}

/** Versions that are no longer guaranteed may go at any time. */
function kept(read) {
  try {
    return read();
  } catch (error) {
    if (error.code !== 'ERR_VERSION_GONE') throw error;
    return undefined;
  }
}

function insist(fault) {
  if (fault !== undefined) throw new Error(fault);
}
