// Is what everybody saw a possible history of one document? All times are those of the machine's monotonic clock, which processes share.
//
// A master notes each version before it publishes it (begun) and after (published); killed between the two, it may have published or not. A
// reader notes what it saw, when it began to look and when it had seen it. That is linearizable exactly when, for each version v:
//
//   order    no look that saw v began after v + 1 was visible, to whoever: after its publish was answered, or after another look that saw it
//            had ended
//   cause    v was begun before anyone had seen it, and by nobody after
//   content  all that is known of v has one digest, that of a master who began it and did not take it back
//
// Each rule compares one number of v with one number of v or v + 1, so a few numbers for each version decide it, whatever the number of looks and
// whatever the order in which notes come in.
import { Numbers } from './numbers.mjs';

/**
 * @typedef {object} Witness who noted something
 * @property {string} name
 * @property {boolean} master what it opens with is what the master before left: less than was visible is lost, not stale
 *
 * @typedef {object} Sight
 * @property {number} version
 * @property {number} digest NaN for a look that did not see the whole document
 * @property {number} begin of the last look of a row; -Infinity for what was told, not looked for
 * @property {number} end of the first look of that row
 *
 * @typedef {{ kind: 'torn' | 'backwards' | 'lost', message: string }} Fault
 * @typedef {{ digest: number, at: number, by: number }} Draft a version as a master began it
 */

const KEPT_FAULTS = 50;
/** So far back a version is settled and its drafts are not needed any more: notes are read at most seconds after they were made. */
const KEPT_DRAFTS = 20_000;

export class History {
  /** Drafts of the same version by masters that came one after the other. @type {Map<number, Draft[]>} */
  #drafts = new Map();
  /** What is known to have been published, by its digest. */
  #digests = new Numbers(NaN);
  #visibleAt = new Numbers(Infinity);
  #lastBegin = new Numbers(-Infinity);
  /** @type {Witness[]} */
  #witnesses = [];
  #lastWitness = new Numbers(0);
  /** The first faults. @type {Fault[]} */
  faults = [];
  counts = { torn: 0, backwards: 0, lost: 0 };
  /** The newest version that is known to be visible. */
  newest = 0;

  /** Returns the number under which `witness` is known here. @param {Witness} witness */
  witness(witness) {
    return this.#witnesses.push(witness) - 1;
  }

  /** A master, by its number, is about to publish. */
  begun(by, version, digest, at) {
    const drafts = this.#drafts.get(version) ?? [];
    this.#drafts.set(version, [...drafts.filter((draft) => draft.by !== by), { digest, at, by }]);
    if (at > this.#visibleAt.get(version)) this.#rewritten(version, at);
    if (!Number.isNaN(this.#digests.get(version - KEPT_DRAFTS))) this.#drafts.delete(version - KEPT_DRAFTS);
  }

  /** It had the answer of that publish. */
  published(by, version, at) {
    const draft = this.#drafts.get(version)?.find((candidate) => candidate.by === by);
    if (draft === undefined) this.#fault('torn', `master ${by} published version ${version}, which it had not begun`);
    else this.#settle(version, draft.digest, `master ${by} published it`);
    this.#becameVisible(version, at);
  }

  /** It was refused: nothing may be seen of it. */
  refused(by, version) {
    const drafts = this.#drafts.get(version) ?? [];
    this.#drafts.set(
      version,
      drafts.filter((draft) => draft.by !== by),
    );
  }

  /** Somebody looked for the newest version. @param {number} witness @param {Sight} sight */
  saw(witness, { version, digest, begin, end }) {
    if (!Number.isNaN(digest)) this.#settle(version, digest, `${this.#witnesses[witness].name} saw it`);
    if (begin > this.#lastBegin.get(version)) {
      this.#lastBegin.set(version, begin);
      this.#lastWitness.set(version, witness);
      this.#compareWithNext(version);
    }
    this.#becameVisible(version, end);
  }

  /** Somebody looked at a version that need not be the newest. */
  sawOld(witness, version, digest) {
    this.#settle(version, digest, `${this.#witnesses[witness].name} looked back at it`);
  }

  /** There is one document of a version. */
  #settle(version, digest, how) {
    const known = this.#digests.get(version);
    if (known === digest) return;
    const drafts = this.#drafts.get(version) ?? [];
    if (!Number.isNaN(known)) {
      this.#fault('torn', `version ${version} is known as ${hex(known)}, and ${how} as ${hex(digest)}`);
    } else if (drafts.some((draft) => draft.digest === digest)) {
      this.#digests.set(version, digest);
    } else {
      const written = drafts.map((draft) => hex(draft.digest)).join(' or ') || 'not at all';
      this.#fault('torn', `version ${version}: ${how} as ${hex(digest)}, and it was begun as ${written}`);
    }
  }

  /** With it all versions before. */
  #becameVisible(version, at) {
    this.newest = Math.max(this.newest, version);
    for (let v = version; v > 0 && this.#visibleAt.get(v) > at; v--) {
      this.#visibleAt.set(v, at);
      if (this.#drafts.get(v)?.some((draft) => draft.at > at)) this.#rewritten(v, at);
      this.#compareWithNext(v - 1);
    }
  }

  #compareWithNext(version) {
    const [began, next] = [this.#lastBegin.get(version), this.#visibleAt.get(version + 1)];
    if (began <= next) return;
    const { name, master } = this.#witnesses[this.#lastWitness.get(version)];
    const late = `version ${version} ${((began - next) / 1e6).toFixed(3)} ms after version ${version + 1} was visible`;
    this.#fault(master ? 'lost' : 'backwards', `${name} saw ${late}`);
    this.#lastBegin.set(version, next); // said once
  }

  #rewritten(version, at) {
    const drafts = this.#drafts.get(version) ?? [];
    const writers = drafts.map((draft) => `master ${draft.by} at ${draft.at}`).join(', ');
    this.#fault('lost', `version ${version} was visible before it was begun: by ${writers}; ${at}`);
  }

  /** @param {Fault['kind']} kind */
  #fault(kind, message) {
    this.counts[kind]++;
    if (this.faults.length < KEPT_FAULTS) this.faults.push({ kind, message });
  }
}

function hex(digest) {
  return digest.toString(16);
}
