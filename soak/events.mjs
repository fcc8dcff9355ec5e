// Every way in which a follower is told of news, each checking what it is told.
import { faultOfPart } from './document.mjs';
import { checkPatch, digestOf } from './reads.mjs';

/** Patches and whole documents are checked at so many of the changes. */
const THOROUGH = 0.1;

/**
 * @typedef {object} Ears
 * @property {number} told version of the last `change` event
 * @property {number} iterated version of the last step of `changes()`
 * @property {Error | undefined} fault the first thing that was wrong
 */

/** Listens to all that the follower of `eyes` says, until it is closed. @param {import('./reads.mjs').Eyes} eyes @returns {Ears} */
export function listen(eyes) {
  const { follower, selection } = eyes;
  const ears = { told: follower.version, iterated: follower.version, fault: undefined };
  const noting = (listener) => (event) => {
    try {
      listener(event);
    } catch (error) {
      ears.fault ??= error;
    }
  };
  follower.on('change', noting(changeListener(eyes, ears)));
  follower.on(
    'removed',
    noting(() => unexpected('removed')),
  );
  follower.on(
    'error',
    noting((error) => unexpected('error', error)),
  );
  selection.on(
    'change',
    noting((event) => checkSelected(eyes, event)),
  );
  iterate(eyes, ears).catch((error) => {
    ears.fault ??= error;
  });
  return ears;
}

function changeListener({ sightings, random }, ears) {
  let before;
  return (change) => {
    const { version, previousVersion, snapshot } = change;
    if (snapshot.version !== version) throw new Error(`a change to ${version} has the snapshot of ${snapshot.version}`);
    if (before !== undefined && previousVersion !== before.version) {
      throw new Error(`a change from ${previousVersion} to ${version} after one to ${before.version}`);
    }
    const thorough = random.chance(THOROUGH);
    if (thorough && before !== undefined) checkPatch(before, snapshot, change.patch);
    sightings.told(version, thorough ? digestOf(snapshot.current, version) : NaN);
    before = snapshot;
    ears.told = version;
  };
}

function checkSelected({ selected, sightings }, { value, version }) {
  const fault = value && faultOfPart(selected, value);
  if (fault !== undefined) throw new Error(`a selection was told: ${fault}`);
  sightings.told(version, NaN);
}

async function iterate({ follower, sightings, random }, ears) {
  for await (const { version, previousVersion, snapshot } of follower.changes()) {
    if (version <= previousVersion) throw new Error(`changes() went from ${previousVersion} to ${version}`);
    sightings.told(version, random.chance(THOROUGH) ? digestOf(snapshot.view, version) : NaN);
    ears.iterated = version;
  }
}

function unexpected(event, cause) {
  throw new Error(`a follower was told '${event}'`, { cause });
}
