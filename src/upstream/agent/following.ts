/** The connection of an agent to its upstream, made again whenever it is lost: everything that is told is applied, in order, and proofs are asked for. */
import type { JsonMmapError } from '../../errors.js';
import type { UpstreamAddress } from '../address.js';
import type { EngineListener, StoredEntry, UpstreamEngine } from '../contract.js';
import { upstreamError } from '../errors.js';
import { openUpstream } from '../open.js';
import { backoffMs, sleep } from './backoff.js';
import type { CatchUp } from './catch-up.js';
import type { Freshness } from './freshness.js';

/** Told entries that wait to be applied; where there are more, the log is read instead. */
const INBOX_MAX = 1000;

export interface FollowingParts {
  readonly address: UpstreamAddress;
  readonly credentials: string | undefined;
  readonly reconnectMaxMs: number;
  readonly catchUp: CatchUp;
  readonly freshness: Freshness;
  readonly stopped: AbortSignal;
  /** The state may have changed. */
  readonly changed: () => void;
  readonly unreachable: (error: JsonMmapError) => void;
}

export class Following {
  readonly #parts: FollowingParts;
  #engine: UpstreamEngine | undefined;
  #inbox: StoredEntry[] = [];
  /** Whether the log has to be read: what was told may not be all. */
  #mustRead = false;
  #signal: () => void = () => {};

  constructor(parts: FollowingParts) {
    this.#parts = parts;
    parts.stopped.addEventListener('abort', () => this.#signal(), { once: true });
  }

  /** The engine, while it is connected. */
  get engine(): UpstreamEngine | undefined {
    return this.#engine;
  }

  /** Follows until it is stopped. Never rejects. */
  async run(): Promise<void> {
    const { address, credentials, reconnectMaxMs, stopped } = this.#parts;
    for (let attempt = 0; !stopped.aborted; attempt++) {
      try {
        this.#engine = await openUpstream(address, credentials);
        await this.#follow(this.#engine, () => {
          attempt = 0;
        });
      } catch (error) {
        this.#fail(error);
      } finally {
        const engine = this.#engine;
        this.#engine = undefined;
        await engine?.close().catch(() => {}); // it may be what has failed
      }
      await sleep(backoffMs(attempt, reconnectMaxMs), stopped);
    }
  }

  /** Follows until the connection is lost or the agent is closed. @throws why it is lost */
  async #follow(engine: UpstreamEngine, reached: () => void): Promise<void> {
    const { address, catchUp, freshness, stopped } = this.#parts;
    let lost: Error | undefined;
    catchUp.forget();
    this.#inbox = [];
    this.#mustRead = true;
    const subscription = await engine.subscribe(
      this.#listener((error) => {
        lost ??= error;
        this.#signal();
      }),
    );
    try {
      for (let proveAt = freshness.nextProofAt(); lost === undefined && !stopped.aborted; ) {
        await this.#work(engine);
        if (freshness.error === undefined) reached();
        const isDue = performance.now() >= proveAt;
        if (isDue && freshness.needsProof) this.#hearProof(await engine.prove(true));
        if (isDue) proveAt = freshness.nextProofAt();
        if (!this.#isWaiting) await this.#wait(proveAt - performance.now(), () => lost !== undefined);
      }
    } finally {
      await subscription.close();
    }
    if (lost !== undefined) throw upstreamError(`follow ${address.shown}`, lost);
  }

  #listener(lost: (error: Error) => void): EngineListener {
    return {
      entry: (stored) => this.#tell(stored),
      proof: (sequence) => this.#hearProof(sequence),
      wake: () => this.#read(),
      lost,
    };
  }

  /** Does all that was told. */
  async #work(engine: UpstreamEngine): Promise<void> {
    const { catchUp, freshness, stopped } = this.#parts;
    while (this.#isWaiting && !stopped.aborted) {
      if (this.#mustRead) {
        this.#mustRead = false;
        this.#inbox = [];
        const head = await catchUp.all(engine);
        freshness.read(head);
        // Only to us: thousands of hosts may have come back at once.
        const isSure = freshness.error === undefined && !freshness.needsProof;
        if (head > 0 && !isSure) this.#hearProof(await engine.prove(false));
        continue;
      }
      const stored = this.#inbox.shift() as StoredEntry;
      if (!(await catchUp.next(engine, stored))) this.#mustRead = true;
    }
    this.#settle();
  }

  get #isWaiting(): boolean {
    return this.#mustRead || this.#inbox.length > 0;
  }

  #tell(stored: StoredEntry): void {
    this.#parts.freshness.heard(stored.sequence);
    if (this.#inbox.length < INBOX_MAX) this.#inbox.push(stored);
    else this.#mustRead = true;
    this.#signal();
  }

  #read(): void {
    this.#mustRead = true;
    this.#signal();
  }

  /** A proof of an entry that we do not have, or of less than we have, says that something was missed, or lost. */
  #hearProof(sequence: number): void {
    const { known } = this.#parts.catchUp;
    if (sequence === known && sequence > 0) this.#prove(sequence);
    else if (!this.#isWaiting && sequence !== known) this.#read();
  }

  #prove(head: number): void {
    this.#parts.freshness.prove(head);
    this.#settle();
  }

  #settle(): void {
    const { catchUp, freshness, changed } = this.#parts;
    freshness.settle(catchUp.seen < freshness.head || this.#inbox.length > 0);
    changed();
  }

  #fail(error: unknown): void {
    const { address, freshness, stopped, changed, unreachable } = this.#parts;
    if (stopped.aborted) return;
    const failure = upstreamError(`follow ${address.shown}`, error);
    freshness.fail(failure);
    unreachable(failure);
    changed();
  }

  #wait(ms: number, isOver: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#signal(), Math.max(1, ms));
      this.#signal = () => {
        clearTimeout(timer);
        this.#signal = () => {};
        resolve();
      };
      if (isOver() || this.#parts.stopped.aborted) this.#signal();
    });
  }
}
