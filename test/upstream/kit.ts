/** Hosts of a document, and what must hold of each of them at any time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { Master } from '../../src/index.js';
import type { MasterOptions } from '../../src/master/options.js';
import { Agent } from '../../src/upstream/agent/agent.js';
import type { AgentOptions } from '../../src/upstream/agent/options.js';
import type { UpstreamEngine } from '../../src/upstream/contract.js';
import { LogDocument } from '../../src/upstream/log/document.js';
import { openUpstream } from '../../src/upstream/open.js';

const DEADLINE_MS = 20_000;
const QUICK = { reconnectMaxMs: 200, staleAfterMs: 3000 } as const;

/** A region that follows a log; `restart` is what a host does after its agent has ended. */
export class Host {
  readonly directory = mkdtempSync(join(tmpdir(), 'jsonmmap-host-'));
  readonly events: string[] = [];
  readonly #url: string;
  readonly #options: AgentOptions;
  readonly #masterOptions: MasterOptions<unknown>;
  readonly #versions: number[] = [];
  master!: Master;
  agent!: Agent;

  constructor(url: string, options: AgentOptions = {}, masterOptions: MasterOptions<unknown> = {}) {
    this.#url = url;
    this.#options = { ...QUICK, host: 'host-a', ...options };
    this.#masterOptions = masterOptions;
    this.start();
  }

  get state(): string {
    return this.agent.status().state;
  }

  get value(): unknown {
    return this.master.current;
  }

  start(): void {
    this.master = Master.open('app', { ...this.#masterOptions, dir: this.directory });
    this.master.on('publish', ({ version }) => this.#versions.push(version));
    this.agent = Agent.follow(this.#url, this.master, this.#options);
    this.agent.on('reloaded', ({ reason }) => this.events.push(`reloaded: ${reason}`));
    this.agent.on('refused', ({ sequence, error }) => this.events.push(`refused ${sequence}: ${error.code}`));
  }

  async stop(): Promise<void> {
    await this.agent.close();
    this.master.close();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The region is the fold of the log at its position; versions never go back. */
  async checkInvariants(): Promise<void> {
    const { position } = this.agent.status();
    const text = JSON.stringify(this.value);
    const engine = await openUpstream(this.#url);
    try {
      const document = await LogDocument.at(engine, position?.sequence);
      expect(text).toBe(JSON.stringify(document.value));
      expect(document.position.id.startsWith(position?.id as string)).toBe(true);
      document.close();
    } finally {
      await engine.close();
    }
    expect(this.#versions).toEqual([...this.#versions].sort((a, b) => a - b));
  }
}

/** Waits until it holds; the error of the last attempt says what does not. */
export async function until(check: () => void | Promise<void>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(10);
    }
  }
}

/** Opens an engine for the time of `use`. */
export async function withEngine<R>(url: string, use: (engine: UpstreamEngine) => Promise<R>): Promise<R> {
  const engine = await openUpstream(url);
  try {
    await engine.create();
    return await use(engine);
  } finally {
    await engine.close();
  }
}
