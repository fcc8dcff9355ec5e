/** A host of a document that many hosts have: follows the log upstream, and publishes into the region of this machine. */
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { Emitter } from '../../listeners.js';
import type { Master } from '../../master/master.js';
import { RegionPaths } from '../../region/files/paths.js';
import type { WriteRequest } from '../../write-requests/protocol.js';
import { parseUpstreamUrl, type UpstreamAddress } from '../address.js';
import { upstreamError } from '../errors.js';
import { trustIn } from '../log/signature.js';
import { sleep } from './backoff.js';
import { CatchUp } from './catch-up.js';
import { Following } from './following.js';
import { forward } from './forwarding.js';
import { Freshness } from './freshness.js';
import { LastGoodKeeper } from './last-good.js';
import { type AgentOptions, checkAgentOptions } from './options.js';
import { FollowedRegion } from './region.js';
import type { AgentEvents, AgentStatus } from './status.js';
import { removeStatus, writeStatus } from './status-file.js';

/** How often the state is looked at, which age alone changes. */
const LOOK_MS = 250;
/** How often the status is written beside the region. */
const STATUS_MS = 1000;

/**
 * Follows an upstream into the region of `master`, which it does not own: close both. A document that the log has, and the place in the
 * log, are committed together, so a host that is killed at any instant knows what its region holds.
 *
 * @example
 * const master = Master.open('app', { schema });
 * const agent = Agent.follow('nats://n1,n2,n3/config/app', master, { lastGood: '/var/lib/app' });
 * agent.on('state', (state) => console.log(state));
 */
export class Agent extends Emitter<AgentEvents> {
  readonly #address: UpstreamAddress;
  readonly #master: Master;
  readonly #paths: RegionPaths;
  readonly #region: FollowedRegion;
  readonly #lastGood: LastGoodKeeper | undefined;
  readonly #freshness: Freshness;
  readonly #catchUp: CatchUp;
  readonly #following: Following;
  readonly #stopped = new AbortController();
  readonly #look: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  #state: AgentStatus['state'] = 'starting';
  #statusDueAt = 0;

  /**
   * Begins to follow `url`, and returns at once: events, `status()` and `caughtUp()` tell what comes of it. A region without a document
   * gets the last good one, if any.
   * @throws `ERR_INVALID_ARG` for a URL, options or keys that say nothing
   */
  static follow(url: string, master: Master<never> | Master, options: AgentOptions = {}): Agent {
    return new Agent(parseUpstreamUrl(url), master as Master, checkAgentOptions(options));
  }

  private constructor(address: UpstreamAddress, master: Master, options: ReturnType<typeof checkAgentOptions>) {
    super();
    const { lastGood, credentials, reconnectMaxMs, staleAfterMs, trust } = options;
    this.#address = address;
    this.#master = master;
    this.#paths = new RegionPaths(master.name, dirname(master.path));
    this.#region = new FollowedRegion(master);
    this.#lastGood =
      lastGood === undefined ? undefined : new LastGoodKeeper(lastGood, master.name, address.shown, this.#region);
    this.#freshness = new Freshness(staleAfterMs);
    this.#catchUp = this.#catchUpWith(options);
    this.#following = new Following({
      address,
      credentials,
      reconnectMaxMs,
      catchUp: this.#catchUp,
      freshness: this.#freshness,
      stopped: this.#stopped.signal,
      changed: () => this.#tick(),
      unreachable: (error) => void this.emit('unreachable', error),
    });
    master.forwardRequests((request) => this.#forward(request, trust !== undefined));
    this.#lastGood?.restore();
    this.#look = setInterval(() => this.#tick(), LOOK_MS).unref();
    this.#ended = this.#following.run();
  }

  /** What the agent knows now. O(1). */
  status(): AgentStatus {
    const { position, version } = this.#region;
    const { head, lagMs, proofAgeMs, error } = this.#freshness;
    const { refusal, beaten } = this.#catchUp;
    const reached = Math.max(position?.sequence ?? 0, refusal === undefined ? beaten : 0);
    return {
      source: this.#address.shown,
      state: this.#freshness.state(this.#catchUp),
      position,
      version,
      head,
      lagEntries: Math.max(0, head - reached),
      lagMs,
      proofAgeMs,
      refusal,
      error,
    };
  }

  /**
   * Resolves when the region is the newest for the first time, refusals and pins aside.
   * @throws with `requireLive`, the first reason why the upstream cannot be followed; the reason of `signal`; `ERR_UPSTREAM` when the agent is closed
   */
  async caughtUp({ requireLive = false, signal }: { requireLive?: boolean; signal?: AbortSignal } = {}): Promise<void> {
    while (!this.#freshness.isProved) {
      if (requireLive && this.#freshness.error !== undefined) throw this.#freshness.error;
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

  #catchUpWith({ host, maxBytes, trust, snapshotJitterMs }: ReturnType<typeof checkAgentOptions>): CatchUp {
    return new CatchUp({
      region: this.#region,
      host: host ?? hostname(),
      maxBytes,
      trust: trustIn(trust),
      applied: (position) => this.emit('applied', { position, version: this.#region.version }),
      refused: (refusal) => void this.emit('refused', refusal),
      reloaded: (from, to, reason) => void this.emit('reloaded', { from, to, reason }),
      turn: () => sleep(Math.random() * snapshotJitterMs, this.#stopped.signal),
    });
  }

  async #forward(request: WriteRequest, mustBeSigned: boolean): Promise<number> {
    const { engine } = this.#following;
    const doing = `write to ${this.#address.shown}`;
    if (engine === undefined || this.#freshness.error !== undefined)
      throw this.#freshness.error ?? upstreamError(doing, new Error('it is not reached yet'));
    if (mustBeSigned) throw upstreamError(doing, new Error('hosts take signed entries only: push it, signed'));
    await forward({ engine, region: this.#region, catchUp: this.#catchUp, stopped: this.#stopped.signal }, request);
    return this.#region.version;
  }

  #tick(): void {
    const state = this.#freshness.state(this.#catchUp);
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

  /** What cannot be written is told: the region goes on without. */
  #keepLastGood(isLast: boolean): void {
    try {
      this.#lastGood?.keep(isLast);
    } catch (error) {
      this.emit('unreachable', upstreamError('keep the last good document', error));
    }
  }
}
