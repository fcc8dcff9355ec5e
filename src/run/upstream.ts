/** The upstream of a run: an agent that fills its region, or, where files are merged with it, a region of its own that is one layer of the document. */
import { rmSync } from 'node:fs';
import { JsonMmapError } from '../errors.js';
import { Master } from '../master/master.js';
import type { SourceFile } from '../sources/files.js';
import { parseUpstreamUrl } from '../upstream/address.js';
import { Agent } from '../upstream/agent/agent.js';
import type { AgentOptions } from '../upstream/agent/options.js';
import type { RunLog } from './log.js';
import { makeTemporaryDirectory } from './temporary-directory.js';

export interface UpstreamSettings extends AgentOptions {
  /** Fail at the start where the upstream cannot be reached, instead of going on with what is there. */
  readonly requireLive: boolean;
}

/** Follows `url` into `master`, and tells what comes of it. */
export function follow(
  url: string,
  master: Master,
  { requireLive: _, ...options }: UpstreamSettings,
  log: RunLog,
): Agent {
  const agent = Agent.follow(url, master, options);
  const { source } = agent.status();
  let unreachable: string | undefined;
  agent.on('state', (state) => {
    if (state === 'live') unreachable = undefined;
    const { position } = agent.status();
    const at = position === undefined ? '' : ` at revision ${position.sequence}`;
    log.note(`${source}: ${state}${at}`, { event: 'upstream', source, state, position });
  });
  agent.on('refused', ({ error }) => log.fail(error));
  agent.on('reloaded', ({ to, reason }) =>
    log.note(`${source}: loaded at revision ${to.sequence}: ${reason}`, {
      event: 'reloaded',
      source,
      reason,
      position: to,
    }),
  );
  agent.on('unreachable', (error) => {
    if (error.message !== unreachable) log.fail(error); // once, not at each attempt
    unreachable = error.message;
  });
  return agent;
}

/**
 * Resolves when there is a document to begin with: what the region has, or what the upstream has. With `requireLive`, when the region is the newest.
 * @throws with `requireLive`, why it is not; the reason of `signal`
 */
export async function begun(
  agent: Agent,
  master: Master,
  { requireLive }: UpstreamSettings,
  signal: AbortSignal,
): Promise<void> {
  while (requireLive || master.version === 0) {
    await agent.caughtUp({ requireLive, signal });
    if (master.version > 0) return;
    const { refusal } = agent.status();
    if (refusal !== undefined) throw refusal.error;
    throw new JsonMmapError('ERR_UPSTREAM', `${agent.status().source} has no document`);
  }
}

/** An upstream as one of the files that are merged: it is what its log says, and calls when that is another. */
export class UpstreamLayer {
  readonly #directory = makeTemporaryDirectory();
  readonly #master: Master;
  readonly #agent: Agent;
  readonly #settings: UpstreamSettings;

  constructor(url: string, settings: UpstreamSettings, log: RunLog, changed: () => void) {
    this.#settings = settings;
    this.#master = Master.open(parseUpstreamUrl(url).document, { dir: this.#directory });
    this.#agent = follow(url, this.#master, settings, log);
    this.#agent.on('applied', changed);
  }

  /** Returns what is merged: a copy, since merging takes it over. */
  source(): SourceFile {
    const { source } = this.#agent.status();
    return { name: source, format: 'json', bytes: Buffer.from(JSON.stringify(this.#master.current)) };
  }

  begun(signal: AbortSignal): Promise<void> {
    return begun(this.#agent, this.#master, this.#settings, signal);
  }

  async close(): Promise<void> {
    await this.#agent.close();
    this.#master.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
