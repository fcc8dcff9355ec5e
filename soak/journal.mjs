// What a process notes while it runs: records of six numbers, appended to a file of its own, so that nothing of what was noted is lost when it is
// killed. The conductor reads along, and unlinks the file when its writer has ended.
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';

/** What a record is about: the first of its numbers. */
export const NOTES = { saw: 1, sawOld: 2, begun: 3, published: 4, refused: 5, opened: 6 };

const FIELDS = 6;
const RECORD_BYTES = FIELDS * 8;
const CHUNK_RECORDS = 4096;

/** The writing side. */
export class Journal {
  #fd;
  #record = new Float64Array(FIELDS);

  constructor(path) {
    this.#fd = openSync(path, 'a', 0o600);
  }

  /** Appends one record: a system call, and what was noted survives this process. */
  note(kind, version, digest, begin, end, count = 1) {
    this.#record.set([kind, version, digest, begin, end, count]);
    writeSync(this.#fd, this.#record);
  }
}

/**
 * @typedef {object} JournalNote
 * @property {number} kind
 * @property {number} version
 * @property {number} digest
 * @property {number} begin
 * @property {number} end
 * @property {number} count how many looks it stands for
 */

/** The reading side; what is there is read once. */
export class JournalReader {
  #path;
  #fd;
  #position = 0;
  #chunk = new Float64Array(FIELDS * CHUNK_RECORDS);

  /** Creates the file, so that it is there before its writer is. */
  constructor(path) {
    this.#path = path;
    this.#fd = openSync(path, 'a+', 0o600);
  }

  /** Yields the whole records that have come since the last time; a writer that was killed may have left half of one. @returns {Generator<JournalNote>} */
  *news() {
    for (;;) {
      const bytes = readSync(this.#fd, this.#chunk, 0, this.#chunk.byteLength, this.#position);
      const records = Math.floor(bytes / RECORD_BYTES);
      this.#position += records * RECORD_BYTES;
      for (let i = 0; i < records; i++) {
        const [kind, version, digest, begin, end, count] = this.#chunk.subarray(i * FIELDS, (i + 1) * FIELDS);
        yield { kind, version, digest, begin, end, count };
      }
      if (records < CHUNK_RECORDS) return;
    }
  }

  /** Removes the file. */
  remove() {
    closeSync(this.#fd);
    unlinkSync(this.#path);
  }
}

/** Nanoseconds of the machine's monotonic clock: the same in every process. */
export function now() {
  return Number(process.hrtime.bigint());
}
