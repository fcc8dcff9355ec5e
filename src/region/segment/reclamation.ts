/**
 * When to ask the engine to collect garbage. A snapshot that a program dropped without `close` is a few bytes to the engine and a whole segment to
 * the file system, and a process that only listens may not collect for hours. So the bytes that leases keep mapped are counted, and when they
 * are too many, a collection is asked for. What outlives it is really held: the next one waits until there is twice as much, so a program
 * that holds many snapshots does not pay for each.
 */
import { collectGarbage } from './collect-garbage.js';

/** What may be kept without a look; less where the file system has less than four times as much. */
const LEAST_BYTES = 16 << 20;
const FREE_SHARE = 0.25;
export class Reclamation {
  readonly #collect: () => void;
  /** The least that was kept since the last collection: so much is really held. */
  #survivingBytes = 0;

  constructor(collect = collectGarbage) {
    this.#collect = collect;
  }

  /** Looks at `leasedBytes`, which are kept in segments that were left; the file system has `freeBytes` left. */
  consider(leasedBytes: number, freeBytes: number): void {
    this.#survivingBytes = Math.min(this.#survivingBytes, leasedBytes);
    const mostBytes = Math.max(Math.min(LEAST_BYTES, freeBytes * FREE_SHARE), 2 * this.#survivingBytes);
    if (leasedBytes <= mostBytes) return;
    this.#collect();
    this.#survivingBytes = Infinity; // the engine tells of what it found only in a later turn
  }
}
