/** A host of a document that many hosts have: follows the log upstream, and publishes into the region of this machine. */
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { JsonMmapError } from '../../errors.js';
import { Emitter } from '../../listeners.js';
import { applyRequest } from '../../master/apply-request.js';
import type { Master } from '../../master/master.js';
import { RegionPaths } from '../../region/files/paths.js';
import type { WriteRequest } from '../../write-requests/protocol.js';
import { parseUpstreamUrl, type UpstreamAddress } from '../address.js';
import type { StoredEntry, UpstreamEngine } from '../contract.js';
import { unknownOutcome, upstreamError } from '../errors.js';
import type { Position } from '../log/position.js';
import { trustIn } from '../log/signature.js';
import { openUpstream } from '../open.js';
import { pushChange } from '../push.js';
import { backoffMs, sleep } from './backoff.js';
import { CatchUp } from './catch-up.js';
import { LastGoodFile } from './last-good.js';
import { type AgentOptions, checkAgentOptions } from './options.js';
import { FollowedRegion } from './region.js';
import type { AgentEvents, AgentStatus } from './status.js';
import { removeStatus, writeStatus } from './status-file.js';

/** Told entries that wait to be applied; where there are more, the log is read instead. */
const INBOX_MAX = 1000;
/** How long another process waits for its write, and how often it is looked for. */
const FORWARDED_MS = 10_000;
const FORWARDED_LOOK_MS = 2;
/** How often the state is looked at, which age alone changes. */
const LOOK_MS = 250;
/** How often the status is written beside the region. */
const STATUS_MS = 1000;
/** The last good document is written at most so often, and takes at most a twentieth of the time. */
const LAST_GOOD_MS = 1000;
const LAST_GOOD_SHARE = 20;

/**
 * Follows an upstream into the region of `master`, which it does not own: close both. A document that the log has, and the place in the log, are committed together,
 * so a host that is killed at any instant knows what its region holds.
 *
 * @example
 * const master = Master.open('app', { schema });
 * const agent = Agent.follow('nats://n1,n2,n3/config/app', master, { lastGood: '/var/lib/app' });
 * agent.on('state', (state) => console.log(state));
 */
export class Agent extends Emitter<AgentEvents> {
  readonly #address: UpstreamAddress;
  readonly #options: ReturnType<typeof checkAgentOptions>;
  readonly #region: FollowedRegion;
  readonly #catchUp: CatchUp;
  readonly #lastGood: LastGoodFile | undefined;
  readonly #stopped = new AbortController();
  readonly #look: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  readonly #master: Master;
  /** While it is connected. */
  #engine: UpstreamEngine | undefined;
  #inbox: StoredEntry[] = [];
  /** Whether the log has to be read: what was told may not be all. */
  #mustRead = false;
  #signal: () => void = () => {};
  #head = 0;
  /** Milliseconds of a clock that nobody sets. */
  #provedAt: number | undefined;
  #behindSince: number | undefined;
  #error: JsonMmapError | undefined;
  #state: AgentStatus['state'] = 'starting';
  #lastGoodDueAt = 0;
  #lastGoodAt: Position | undefined;
  readonly #paths: RegionPaths;
  #statusDueAt = 0;

  /**
   * Begins to follow `url`, and returns at once: events, `status()` and `caughtUp()` tell what comes of it. A region without a document gets the last good one, if any.
   * @throws `ERR_INVALID_ARG` for a URL, options or keys that say nothing
   */
  static follow(url: string, master: Master<never> | Master, options: AgentOptions = {}): Agent {
    return new Agent(parseUpstreamUrl(url), master as Master, checkAgentOptions(options));
  }

  private constructor(address: UpstreamAddress, master: Master, options: ReturnType<typeof checkAgentOptions>) {
    super();
    this.#address = address;
    this.#options = options;
    this.#region = new FollowedRegion(master);
    const { lastGood, snapshotJitterMs, maxBytes, trust, host } = options;
    this.#lastGood = lastGood === undefined ? undefined : new LastGoodFile(lastGood, master.name, address.shown);
    this.#catchUp = new CatchUp({
      region: this.#region,
      host: host ?? hostname(),
      maxBytes,
      trust: trustIn(trust),
      applied: (position) => this.emit('applied', { position, version: this.#region.version }),
      refused: (refusal) => void this.emit('refused', refusal),
      reloaded: (from, to, reason) => void this.emit('reloaded', { from, to, reason }),
      turn: () => sleep(Math.random() * snapshotJitterMs, this.#stopped.signal),
    });
    this.#master = master;
    this.#paths = new RegionPaths(master.name, dirname(master.path));
    master.forwardRequests((request) => this.#forward(request));
    this.#restoreLastGood();
    this.#look = setInterval(() => this.#tick(), LOOK_MS).unref();
    this.#ended = this.#run();
  }

  /** What the agent knows now. O(1). */
  status(): AgentStatus {
    const position = this.#region.position;
    const now = performance.now();
    return {
      source: this.#address.shown,
      state: this.#stateNow(),
      position,
      version: this.#region.version,
      head: this.#head,
      lagEntries: Math.max(0, this.#head - (position?.sequence ?? 0)),
      lagMs: this.#behindSince === undefined ? 0 : now - this.#behindSince,
      proofAgeMs: this.#provedAt === undefined ? undefined : now - this.#provedAt,
      refusal: this.#catchUp.refusal,
      error: this.#error,
    };
  }

  /**
   * Resolves when the region is the newest for the first time, refusals and pins aside.
   * @throws with `requireLive`, the first reason why the upstream cannot be followed; the reason of `signal`; `ERR_UPSTREAM` when the agent is closed
   */
  async caughtUp({ requireLive = false, signal }: { requireLive?: boolean; signal?: AbortSignal } = {}): Promise<void> {
    while (this.#provedAt === undefined) {
      if (requireLive && this.#error !== undefined) throw this.#error;
      if (this.#stopped.signal.aborted)
        throw upstreamError(`follow ${this.#address.shown}`, new Error('the agent is closed'));
      signal?.throwIfAborted();
      await new Promise<void>((resolve) => {
        const done = (): void => {
          for (const event of ['state', 'unreachable', 'close'] as const) this.off(event, done);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        for (const event of ['state', 'unreachable', 'close'] as const) this.once(event, done);
        signal?.addEventListener('abort', done, { once: true });
      });
    }
  }

  /** Stops following, and writes the last good document. The master stays open. Idempotent. */
  async close(): Promise<void> {
    if (!this.#stopped.signal.aborted) {
      this.#stopped.abort();
      clearInterval(this.#look);
      this.#master.forwardRequests(undefined);
      this.#signal();
      await this.#ended;
      this.#keepLastGood(true);
      removeStatus(this.#paths);
      this.emit('close');
    }
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<void> {
    const { reconnectMaxMs, credentials } = this.#options;
    for (let attempt = 0; !this.#stopped.signal.aborted; attempt++) {
      let engine: UpstreamEngine | undefined;
      try {
        engine = await openUpstream(this.#address, credentials);
        this.#engine = engine;
        await this.#follow(engine, () => {
          attempt = 0;
        });
      } catch (error) {
        this.#fail(error);
      } finally {
        this.#engine = undefined;
        await engine?.close().catch(() => {}); // it may be what has failed
      }
      await sleep(backoffMs(attempt, reconnectMaxMs), this.#stopped.signal);
    }
  }

  /** What another process asks this region for is done upstream, for all hosts; its answer waits until it is here. */
  async #forward(request: WriteRequest): Promise<number> {
    const engine = this.#engine;
    if (engine === undefined || this.#error !== undefined)
      throw this.#error ?? upstreamError(`write to ${this.#address.shown}`, new Error('it is not reached yet'));
    if (this.#options.trust !== undefined)
      throw upstreamError(
        `write to ${this.#address.shown}`,
        new Error('hosts take signed entries only: push it, signed'),
      );
    const message = [request.verb, request.path].filter(Boolean).join(' ');
    const pushed = await pushChange(engine, (master) => applyRequest(master, request), { message });
    const deadline = AbortSignal.timeout(FORWARDED_MS);
    const isOver = (): boolean => deadline.aborted || this.#stopped.signal.aborted;
    while (this.#catchUp.seen < pushed.sequence && !isOver()) await sleep(FORWARDED_LOOK_MS, this.#stopped.signal);
    const { refusal } = this.#catchUp;
    if (refusal !== undefined) throw refusal.error;
    if (this.#catchUp.seen < pushed.sequence)
      throw unknownOutcome(new Error(`revision ${pushed.sequence} has it, and is not here yet`));
    return this.#region.version;
  }

  /** Follows until the connection is lost or the agent is closed. */
  async #follow(engine: UpstreamEngine, reached: () => void): Promise<void> {
    let lost: Error | undefined;
    this.#catchUp.forget();
    this.#inbox = [];
    this.#mustRead = true;
    const subscription = await engine.subscribe({
      entry: (stored) => this.#tell(stored),
      proof: (sequence) => this.#hearProof(sequence),
      wake: () => this.#read(),
      lost: (error) => {
        lost ??= error;
        this.#signal();
      },
    });
    try {
      let proveAt = this.#nextProof();
      while (lost === undefined && !this.#stopped.signal.aborted) {
        await this.#work(engine);
        if (this.#error === undefined) reached();
        const isDue = performance.now() >= proveAt;
        if (isDue && this.#proofAge() * 2 >= this.#options.staleAfterMs) this.#hearProof(await engine.prove());
        if (isDue) proveAt = this.#nextProof();
        if (!this.#mustRead && this.#inbox.length === 0)
          await this.#wait(proveAt - performance.now(), () => lost !== undefined);
      }
    } finally {
      await subscription.close();
    }
    if (lost !== undefined) throw upstreamError(`follow ${this.#address.shown}`, lost);
  }

  /** Does all that was told. */
  async #work(engine: UpstreamEngine): Promise<void> {
    while ((this.#mustRead || this.#inbox.length > 0) && !this.#stopped.signal.aborted) {
      if (this.#mustRead) {
        this.#mustRead = false;
        this.#inbox = [];
        const head = await this.#catchUp.all(engine);
        if (head > 0) this.#prove(head);
        continue;
      }
      const stored = this.#inbox.shift() as StoredEntry;
      if (!(await this.#catchUp.next(engine, stored))) this.#mustRead = true;
    }
    this.#settle();
  }

  #tell(stored: StoredEntry): void {
    this.#head = Math.max(this.#head, stored.sequence);
    this.#behindSince ??= performance.now();
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
    const isWaiting = this.#mustRead || this.#inbox.length > 0;
    if (sequence === this.#catchUp.seen && sequence > 0) this.#prove(sequence);
    else if (!isWaiting && sequence !== this.#catchUp.seen) this.#read();
  }

  #prove(head: number): void {
    this.#head = head;
    this.#provedAt = performance.now();
    this.#error = undefined;
    this.#settle();
  }

  #settle(): void {
    const isBehind = this.#catchUp.seen < this.#head || this.#inbox.length > 0;
    this.#behindSince = isBehind ? (this.#behindSince ?? performance.now()) : undefined;
    this.#tick();
  }

  #fail(error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    this.#error = upstreamError(`follow ${this.#address.shown}`, error);
    this.emit('unreachable', this.#error);
    this.#tick();
  }

  #tick(): void {
    const state = this.#stateNow();
    if (state !== this.#state) {
      this.#state = state;
      this.#statusDueAt = 0;
      this.emit('state', state);
    }
    if (performance.now() >= this.#statusDueAt) {
      this.#statusDueAt = performance.now() + STATUS_MS;
      writeStatus(this.#paths, this.status());
    }
    this.#keepLastGood(false);
  }

  #stateNow(): AgentStatus['state'] {
    const { refusal, heldAt } = this.#catchUp;
    if (refusal !== undefined) return `refused@${refusal.sequence}`;
    if (this.#error !== undefined || this.#proofAge() > this.#options.staleAfterMs)
      return this.#provedAt === undefined && this.#error === undefined ? 'starting' : 'stale';
    return heldAt === undefined ? 'live' : `held@${heldAt}`;
  }

  #proofAge(): number {
    return this.#provedAt === undefined ? Number.POSITIVE_INFINITY : performance.now() - this.#provedAt;
  }

  /** At random, so that the proof that one host asks for is there for the others before they ask. */
  #nextProof(): number {
    return performance.now() + this.#options.staleAfterMs * (0.5 + Math.random() / 4);
  }

  #wait(ms: number, isOver: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#signal(), Math.max(1, ms));
      this.#signal = () => {
        clearTimeout(timer);
        this.#signal = () => {};
        resolve();
      };
      if (isOver() || this.#stopped.signal.aborted) this.#signal();
    });
  }

  #restoreLastGood(): void {
    const found = this.#region.current === undefined ? this.#lastGood?.read() : undefined;
    if (found === undefined) return;
    this.#region.replace(found.position, found.document);
    this.#lastGoodAt = found.position;
  }

  /** What cannot be written is told: the region goes on without. */
  #keepLastGood(isLast: boolean): void {
    const { position } = this.#region;
    const begin = performance.now();
    const isDue = isLast || begin >= this.#lastGoodDueAt;
    if (
      this.#lastGood === undefined ||
      position === undefined ||
      position.sequence === this.#lastGoodAt?.sequence ||
      !isDue
    )
      return;
    try {
      this.#lastGood.write(position, this.#region.current);
      this.#lastGoodAt = position;
    } catch (error) {
      this.emit('unreachable', upstreamError('keep the last good document', error));
    }
    const end = performance.now();
    this.#lastGoodDueAt = end + Math.max(LAST_GOOD_MS, (end - begin) * LAST_GOOD_SHARE);
  }
}
