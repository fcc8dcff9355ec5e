// Reads along in all journals, and tells the history what is in them. What was begun is read after what was seen: a master notes a version before anyone
// can see it, so nothing is seen here before it was begun.
import { join } from 'node:path';
import { JournalReader, NOTES, now } from './journal.mjs';

/**
 * @typedef {object} Entry the journal of one process
 * @property {string} path
 * @property {number} number
 * @property {boolean} master
 * @property {number} heardAt when something new was last found in it
 * @property {() => void} close it is read once more, and removed
 */

export class JournalWriter {
  #directory;
  #history;
  /** @type {Set<Entry & { reader: JournalReader, witness: number, closing: boolean }>} */
  #entries = new Set();
  #opened = 0;
  /** Sights of the last time, whose drafts may have been noted only then. */
  #waiting = [];
  reads = 0;
  writes = 0;

  /** @param {string} directory @param {import('./history.mjs').History} history */
  constructor(directory, history) {
    this.#directory = directory;
    this.#history = history;
  }

  /** Makes a journal for a process to write. @returns {Entry} */
  open(master, number) {
    const name = `${master ? 'master' : 'follower'} ${number}`;
    const path = join(this.#directory, `${this.#opened++}-${name.replace(' ', '-')}.journal`);
    const entry = {
      path,
      number,
      master,
      heardAt: now(),
      reader: new JournalReader(path),
      closing: false,
      close: () => {},
    };
    entry.witness = this.#history.witness({ name, master });
    entry.close = () => (entry.closing = true);
    this.#entries.add(entry);
    return entry;
  }

  /** Tells the history what has come since the last time. */
  read() {
    const ended = [...this.#entries].filter(({ closing }) => closing);
    const first = this.#news([...this.#entries]);
    const second = this.#news([...this.#entries].filter(({ master }) => master));
    for (const [entry, note] of [...first, ...second]) this.#draft(entry, note);
    for (const [entry, note] of [...this.#waiting, ...first]) this.#sight(entry, note);
    this.#waiting = second;
    for (const entry of ended) {
      entry.reader.remove();
      this.#entries.delete(entry);
    }
  }

  #news(entries) {
    return entries.flatMap((entry) => {
      const notes = [...entry.reader.news()];
      if (notes.length > 0) entry.heardAt = now();
      return notes.map((note) => [entry, note]);
    });
  }

  #draft({ number }, { kind, version, digest, end }) {
    if (kind === NOTES.begun) this.#history.begun(number, version, digest, end);
    if (kind === NOTES.refused) this.#history.refused(number, version);
    if (kind !== NOTES.published) return;
    this.#history.published(number, version, end);
    this.writes++;
  }

  #sight({ witness }, { kind, version, digest, begin, end, count }) {
    if (kind === NOTES.saw || kind === NOTES.opened) this.#history.saw(witness, { version, digest, begin, end });
    if (kind === NOTES.sawOld) this.#history.sawOld(witness, version, digest);
    if (kind === NOTES.saw || kind === NOTES.sawOld) this.reads += count;
  }
}
