/** What an agent knows of the newest entry, when that was proved, and the state that follows from it. */
import type { JsonMmapError } from '../../errors.js';
import type { AgentStatus, Refusal } from './status.js';

/** What the log says to this host. */
export interface Verdict {
  readonly refusal: Refusal | undefined;
  /** The revision at which this host is to stay. */
  readonly heldAt: number | undefined;
}

/** All times are of a clock that nobody sets. */
export class Freshness {
  readonly #staleAfterMs: number;
  #head = 0;
  #provedAt: number | undefined;
  #behindSince: number | undefined;
  #error: JsonMmapError | undefined;

  constructor(staleAfterMs: number) {
    this.#staleAfterMs = staleAfterMs;
  }

  /** Revision of the newest entry that is known. */
  get head(): number {
    return this.#head;
  }

  /** Whether the region was ever known to be the newest. */
  get isProved(): boolean {
    return this.#provedAt !== undefined;
  }

  /** Why the upstream could not be followed, the last time, while it cannot. */
  get error(): JsonMmapError | undefined {
    return this.#error;
  }

  get proofAgeMs(): number | undefined {
    return this.#provedAt === undefined ? undefined : performance.now() - this.#provedAt;
  }

  get lagMs(): number {
    return this.#behindSince === undefined ? 0 : performance.now() - this.#behindSince;
  }

  /** Whether the last proof has half of its time behind it. */
  get needsProof(): boolean {
    return this.#age() * 2 >= this.#staleAfterMs;
  }

  /** When to look whether a proof is needed: at random, so that the proof that one host asks for is there for the others before they ask. */
  nextProofAt(): number {
    return performance.now() + this.#staleAfterMs * (0.5 + Math.random() / 4);
  }

  /** The log was read up to `head`: no proof that it is the newest either. */
  read(head: number): void {
    this.#head = head;
  }

  /** An entry was told: no proof that it is the newest. */
  heard(sequence: number): void {
    this.#head = Math.max(this.#head, sequence);
    this.#behindSince ??= performance.now();
  }

  /** The server that orders the writes has said that `head` is the newest entry. */
  prove(head: number): void {
    this.#head = head;
    this.#provedAt = performance.now();
    this.#error = undefined;
  }

  /** Everything that was told is done, or not. */
  settle(isBehind: boolean): void {
    this.#behindSince = isBehind ? (this.#behindSince ?? performance.now()) : undefined;
  }

  fail(error: JsonMmapError): void {
    this.#error = error;
  }

  /** The state now: age alone changes it. */
  state({ refusal, heldAt }: Verdict): AgentStatus['state'] {
    if (refusal !== undefined) return `refused@${refusal.sequence}`;
    if (!this.isProved && this.#error === undefined) return 'starting';
    if (this.#error !== undefined || this.#age() > this.#staleAfterMs) return 'stale';
    return heldAt === undefined ? 'live' : `held@${heldAt}`;
  }

  #age(): number {
    return this.proofAgeMs ?? Number.POSITIVE_INFINITY;
  }
}
