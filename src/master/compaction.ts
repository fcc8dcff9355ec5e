/**
 * When to copy the living tree into a fresh segment. Every edit leaves the nodes that it replaced as garbage, and what is garbage is not
 * counted: a segment is due when it has grown by a share of what it held after the last copy. If all of that was garbage, space stays below
 * (1 + share) × live, and (2 + share) × live while both segments exist; if none was, the document has grown by as much, and the copies of its
 * whole life cost a constant factor of what was written.
 *
 * A document that shrinks does not grow its segment, so what leaves it is counted: when that is half of the segment, the copy of the rest costs
 * less than what it saves.
 *
 * A write that is taken back leaves the file as long as it had become, since a file that followers have mapped is never cut. The next commit moves on.
 */

/** A share of 0.3 keeps the sum of both files, growth included, below 2.5 × live. */
const GARBAGE_SHARE = 0.3;
/** What may have left a document, as a share of its segment. */
const DROPPED_SHARE = 0.5;
/** A small document is not copied before the copy saves more than it costs in system calls. */
const GARBAGE_MIN_BYTES = 256 * 1024;

export class CompactionPolicy {
  #dueAt: number | undefined;
  /** What had left the document when there was no room for a copy. */
  #postponedDrops = 0;
  /** Whether the file is much longer than what is in it. */
  #overlong = false;

  /** @param freshBytes Bytes of the segment at its first commit; undefined before one. */
  constructor(freshBytes: number | undefined) {
    this.#dueAt = freshBytes === undefined ? undefined : nextDue(freshBytes);
  }

  /** The size in bytes from which a segment is due; no bound before the first commit in a region. */
  get dueAt(): number {
    return this.#dueAt ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Whether a segment that has grown to `usedBytes`, and of which `droppedBytes` have left the document, holds too much garbage; the first commit
   * in a region sets the measure.
   */
  isDue(usedBytes: number, droppedBytes: number): boolean {
    this.#dueAt ??= nextDue(usedBytes);
    if (this.#overlong || usedBytes > this.#dueAt) return true;
    return droppedBytes > this.#postponedDrops + Math.max(GARBAGE_MIN_BYTES, usedBytes * DROPPED_SHARE);
  }

  /** Edits were taken back, or another master has left the segment: the file has `sizeBytes`, of which `usedBytes` are used. */
  found(sizeBytes: number, usedBytes: number): void {
    if (sizeBytes - usedBytes > Math.max(2 * GARBAGE_MIN_BYTES, usedBytes * DROPPED_SHARE)) this.#overlong = true;
  }

  /** A fresh segment was published that holds `usedBytes`, all alive. */
  compacted(usedBytes: number): void {
    this.#dueAt = nextDue(usedBytes);
    this.#postponedDrops = 0;
    this.#overlong = false;
  }

  /** There was no room for a fresh segment: not before as much again has been written. */
  postpone(usedBytes: number, droppedBytes: number): void {
    this.#dueAt = usedBytes + GARBAGE_MIN_BYTES;
    this.#postponedDrops = droppedBytes;
    this.#overlong = false;
  }
}

function nextDue(usedBytes: number): number {
  return usedBytes + Math.max(GARBAGE_MIN_BYTES, usedBytes * GARBAGE_SHARE);
}
