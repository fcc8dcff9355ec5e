/**
 * When to ask the engine to collect garbage. A snapshot that a program dropped without `close` is a few bytes to the engine and a whole segment to
 * the file system, and a process that only listens may not collect for hours. So the bytes that leases keep mapped are counted, and when they
 * are too many, a collection is asked for. What outlives it is really held: the next one waits until there is twice as much, so a program
 * that holds many snapshots does not pay for each.
 */
import { collectGarbage } from './collect-garbage.js';

/** Captured when this is loaded: a test may replace timers by ones that do not run. */
const later = setImmediate;

/** What may be kept without a look; less where the file system has less than four times as much. */
const LEAST_BYTES = 16 << 20;
const FREE_SHARE = 0.25;
/** The engine tells of what it found in a task of its own, between two turns of the event loop. */
const TURNS_TO_TELL = 3;

export class Reclamation {
  readonly #collect: () => void;
  /** What was kept when the engine had told what the last collection found, or less since: so much is really held. */
  #survivingBytes = 0;

  constructor(collect = collectGarbage) {
    this.#collect = collect;
  }

  /**
   * Looks at what leases keep of segments that were left; the file system has `freeBytes` left.
   * @param leasedBytes Tells how much that is now, of the same segments whenever it is asked
   */
  consider(leasedBytes: () => number, freeBytes: number): void {
    const bytes = leasedBytes();
    this.#survivingBytes = Math.min(this.#survivingBytes, bytes);
    const mostBytes = Math.max(Math.min(LEAST_BYTES, freeBytes * FREE_SHARE), 2 * this.#survivingBytes);
    if (bytes <= mostBytes) return;
    this.#collect();
    this.#survivingBytes = Infinity;
    this.#learnWhatSurvived(leasedBytes, TURNS_TO_TELL);
  }

  /** By the next look, segments may be leased that the collection has not seen: those must not count as held. */
  #learnWhatSurvived(leasedBytes: () => number, turns: number): void {
    if (turns === 0) this.#survivingBytes = Math.min(this.#survivingBytes, leasedBytes());
    else later(() => this.#learnWhatSurvived(leasedBytes, turns - 1)).unref();
  }
}
