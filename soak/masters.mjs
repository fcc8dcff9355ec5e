// Masters that are killed at random instants, and those that wait to take their place.
import { setTimeout as delay } from 'node:timers/promises';
import { ForkServer } from './fork-server.mjs';
import { now } from './journal.mjs';

/** Each that waits costs a little, and one of them may be killed while it does. */
const WARM = 2;
/** A master is killed soon after it announced one of its first writes, mostly very soon: whatever it is at then. */
const LAST_ANNOUNCED = 12;
const LONGEST_MS = 12;
const BYSTANDER_SHARE = 0.1;
const POLL_MS = 2;
const HUNG_MS = 60_000;

/**
 * @typedef {object} MasterTask
 * @property {string} name of the region
 * @property {string} dir
 * @property {number} seed
 * @property {number} number of this master
 * @property {string} journal
 * @property {import('./arena.mjs').Scene['pauseMs']} pauseMs at most, between bursts of writes
 * @property {number} tellAt which of its writes it is to announce
 * @property {boolean} unlimited no `maxBytes`: the file system is the limit
 * @property {boolean} calm it will not be killed: it is to do all there is to do
 */

export class Masters {
  #arena;
  #forkServer;
  /** @type {Set<import('./child.mjs').Child & { warm: boolean, doomed: boolean }>} */
  #waiting = new Set();
  /** @type {(import('./child.mjs').Child & { doomed: boolean }) | undefined} */
  #current;
  /** Whether the one in office has come to the write that it was to announce. */
  #writing = false;
  #started = 0;
  #killedAt = NaN;
  #ending = false;
  #closedAt = NaN;
  kills = 0;
  /** Of processes that waited, or were just taking over. */
  otherKills = 0;
  /** Milliseconds from the kill of a master until the next one could write. @type {number[]} */
  takeovers = [];

  /** @param {import('./arena.mjs').Arena} arena */
  constructor(arena) {
    this.#arena = arena;
    this.#forkServer = new ForkServer(arena.rehearsal, () =>
      arena.fault('failed', 'the process that forks masters has died'),
    );
    this.#refill();
  }

  /** Pid of the master that is in office. */
  get pid() {
    return this.#current?.pid;
  }

  /** Kills `count` masters, spread over `durationMs` where there is so much time. */
  async kill(count, durationMs) {
    const { random, enough } = this.#arena;
    const started = performance.now();
    for (let i = 0; i < count && !enough(); i++) {
      await delay(Math.max(0, started + ((i + random.next()) * durationMs) / count - performance.now()));
      await this.#until(
        () => this.#current !== undefined && [...this.#waiting].some(({ warm }) => warm),
        'no master came',
      );
      await this.#until(() => this.#writing || this.#current === undefined, 'a master does not write');
      await briefly(random.next() ** 3 * LONGEST_MS);
      this.#killCurrent();
      if (random.chance(BYSTANDER_SHARE)) this.#killBystander();
    }
  }

  /** Ends all of them, the last one properly; returns its version. */
  async finish() {
    this.#ending = true;
    await this.#until(() => this.#current !== undefined, 'no master came');
    for (const child of this.#waiting) this.#strike(child);
    this.#current?.signal('SIGTERM');
    await this.#until(() => !Number.isNaN(this.#closedAt), 'the last master did not close');
    return this.#closedAt;
  }

  /** Kills all that is left. */
  async end() {
    this.#ending = true;
    const children = [...this.#waiting, ...(this.#current ? [this.#current] : [])];
    for (const child of children) this.#strike(child);
    await Promise.all(children.map(({ end }) => end));
    this.#forkServer.close();
  }

  #refill() {
    while (!this.#ending && !this.#arena.stopped() && this.#waiting.size < WARM) this.#startOne();
  }

  #startOne() {
    const { writer, task, random } = this.#arena;
    const number = ++this.#started;
    const entry = writer.open(true, number);
    const child = this.#forkServer.start(
      { ...task, number, journal: entry.path, tellAt: random.integer(LAST_ANNOUNCED) },
      (said) => this.#hear(child, said),
    );
    Object.assign(child, { warm: false, doomed: false });
    this.#waiting.add(child);
    child.end.then(() => {
      entry.close();
      this.#waiting.delete(child);
      if (this.#current === child) this.#current = undefined;
      if (!child.doomed && !this.#ending) this.#arena.fault('failed', `master ${number} ended by itself: ${child.how}`);
      this.#refill();
    });
  }

  #hear(child, said) {
    if (said.fault !== undefined) this.#arena.fault(said.kind, said.fault);
    if (said.closed) this.#closedAt = said.version;
    if (said.waiting) child.warm = true;
    if (said.writing && this.#current === child) this.#writing = true;
    if (!said.ready || child.doomed) return;
    if (this.#current !== undefined) this.#arena.fault('failed', 'there are two masters');
    this.takeovers.push(...[(said.at - this.#killedAt) / 1e6].filter((ms) => !Number.isNaN(ms)));
    this.#killedAt = NaN;
    this.#waiting.delete(child);
    this.#current = child;
    this.#writing = false;
    this.#refill();
  }

  #killCurrent() {
    const child = this.#current;
    if (child === undefined) return;
    this.#current = undefined;
    this.#killedAt = now();
    this.#strike(child);
    this.kills++;
  }

  /** One of those that fight for the region just now; how long that one takes over is not measured. */
  #killBystander() {
    const { random } = this.#arena;
    setTimeout(() => {
      const child = random.pick([...this.#waiting]);
      if (child === undefined || this.#ending) return;
      this.#strike(child);
      this.#killedAt = NaN;
      this.otherKills++;
    }, random.next() * 14);
  }

  #strike(child) {
    child.doomed = true;
    child.signal('SIGKILL');
  }

  async #until(condition, otherwise) {
    const deadline = performance.now() + HUNG_MS;
    while (!condition() && !this.#arena.stopped()) {
      if (performance.now() > deadline) this.#arena.fault('hung', `${otherwise} within ${HUNG_MS / 1000} seconds`);
      await delay(POLL_MS);
    }
  }
}

/** Timers are not finer than a millisecond. */
async function briefly(durationMs) {
  const end = now() + durationMs * 1e6;
  if (durationMs >= 2) await delay(durationMs - 1);
  while (now() < end);
}
