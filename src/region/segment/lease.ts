/**
 * What is handed out to a program keeps its segment mapped until the program says that it is done, or has forgotten it. The second is known only
 * when the engine collects garbage, and it does not feel mapped files: see `reclamation.ts`.
 *
 * A lease has to be reachable from all that needs it, such as each proxy of a view, and is reachable from nothing else of ours.
 */
import type { ReadableSegment } from './readable-segment.js';

export class Lease {
  #segment: ReadableSegment | undefined;

  /** Keeps `segment` mapped from now on; it has another holder at this moment. */
  constructor(segment: ReadableSegment) {
    segment.lend();
    this.#segment = segment;
    forgotten.register(this, segment, this);
  }

  /** Whether it has not ended. */
  get open(): boolean {
    return this.#segment !== undefined;
  }

  /** Lets the segment go, at once. Idempotent. */
  end(): void {
    if (this.#segment === undefined) return;
    forgotten.unregister(this);
    this.#segment.takeBack();
    this.#segment = undefined;
  }
}

const forgotten = new FinalizationRegistry<ReadableSegment>((segment) => segment.takeBack());

/** Keeps what has a lease referenced up to this call: an engine may collect what the rest of a suspended function does not use. */
export function keepUntilHere(_holder: object): void {}
