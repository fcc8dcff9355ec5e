// What a follower saw, as notes. Looks in a row that saw the same version become one note: the end of the first and the begin of the last say all that
// a history can contradict.
import { NOTES, now } from './journal.mjs';

/** A note at least so often shows that its writer is not hung. */
const BEAT_NS = 100e6;

export class Sightings {
  #journal;
  #row = { version: 0, digest: NaN, begin: 0, end: 0, count: 0 };
  #notedAt = 0;

  /** @param {import('./journal.mjs').Journal} journal */
  constructor(journal) {
    this.#journal = journal;
  }

  /** A look for the newest version; `digest` is NaN where it did not see all of it. */
  saw(version, digest, begin, end) {
    const row = this.#row;
    if (version !== row.version || (digest !== row.digest && !Number.isNaN(digest) && !Number.isNaN(row.digest))) {
      this.#flush();
      this.#row = { version, digest, begin, end, count: 1 };
    } else {
      if (Number.isNaN(row.digest)) row.digest = digest;
      if (row.count++ === 0) row.end = end;
      row.begin = begin;
    }
    if (end - this.#notedAt > BEAT_NS) this.#flush();
  }

  /** An event named this version: nobody looked for it, so it may be late. */
  told(version, digest) {
    this.#journal.note(NOTES.saw, version, digest, -Infinity, now());
  }

  /** A version that need not be the newest. */
  sawOld(version, digest) {
    this.#journal.note(NOTES.sawOld, version, digest, 0, 0);
  }

  #flush() {
    const { version, digest, begin, end, count } = this.#row;
    if (count > 0) this.#journal.note(NOTES.saw, version, digest, begin, end, count);
    this.#row.count = 0;
    this.#notedAt = now();
  }
}
