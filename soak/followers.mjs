// Followers that come, go, are stopped, and die, while some stay from the beginning to the end.
import { getPriority, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { start } from './child.mjs';
import { now } from './journal.mjs';

/** On few processors, followers would leave their master so little time that hardly anything was written. */
const COURTESY = 10;
const LEAST_PRIORITY = 19;
const HUNG_NS = 60e9;
const THREAD_EVERY = 4;
const STEADY = [0, THREAD_EVERY - 1];
const BETWEEN_MS = { least: 300, most: 5000 };
const STOPPED_MS = 2500;

/**
 * @typedef {object} FollowerTask
 * @property {string} name of the region
 * @property {string} dir
 * @property {number} seed
 * @property {number} number of this follower
 * @property {string} journal
 * @property {boolean} thread whether it lives in a worker thread
 * @property {import('./arena.mjs').Scene['pauseMs']} pauseMs at most, between reads
 *
 * @typedef {{ slot: number, child: import('./child.mjs').Child, entry: import('./writer.mjs').Entry, left: boolean, stopped: boolean, doomed: boolean }} Seat
 */

export class Followers {
  #arena;
  /** @type {Seat[]} */
  #seats = [];
  #started = 0;
  #ending = false;
  disturbances = { stopped: 0, killed: 0, left: 0 };

  /** @param {import('./arena.mjs').Arena} arena */
  constructor(arena, count) {
    this.#arena = arena;
    for (let slot = 0; slot < count; slot++) this.#seat(slot);
  }

  /** Pids of those that nothing is done to: one in a main thread, one in a worker. */
  get steadyPids() {
    return STEADY.flatMap((slot) => this.#seats[slot]?.child.pid ?? []);
  }

  /** Does something to one of them, again and again, until the arena stops. */
  async disturb() {
    const { random, stopped } = this.#arena;
    while (!stopped() && !this.#ending) {
      await delay(random.between(BETWEEN_MS.least, BETWEEN_MS.most));
      const seat = random.pick(
        this.#seats.filter(({ slot, stopped, left }) => !STEADY.includes(slot) && !stopped && !left),
      );
      if (seat === undefined || this.#ending) continue;
      const kind = random.next();
      if (kind < 0.6) this.#stop(seat, random.next() * STOPPED_MS);
      else if (kind < 0.8) this.#kill(seat);
      else this.#leave(seat);
    }
  }

  /** Says who has noted nothing for too long. */
  watch() {
    for (const { slot, entry, stopped, left } of this.#seats) {
      if (stopped || left || now() - entry.heardAt < HUNG_NS) continue;
      this.#arena.fault(
        'hung',
        `follower ${entry.number} (${slot}) has not seen anything for ${HUNG_NS / 1e9} seconds`,
      );
    }
  }

  /** Resolves when all have been told of `version` and have left. */
  async finish(version) {
    this.#ending = true;
    for (const { child } of this.#seats) child.ask({ version });
    const deadline = now() + HUNG_NS;
    const isHere = ({ child }) => !child.ended;
    while (this.#seats.some(isHere) && now() < deadline && !this.#arena.stopped()) await delay(20);
    for (const { slot, entry } of this.#seats.filter(isHere)) {
      this.#arena.fault('hung', `follower ${entry.number} (${slot}) was not told of version ${version}`);
    }
  }

  /** Kills all that is left. */
  async end() {
    this.#ending = true;
    for (const seat of this.#seats) {
      seat.doomed = true;
      seat.child.signal('SIGKILL');
    }
    await Promise.all(this.#seats.map(({ child }) => child.end));
  }

  #seat(slot) {
    const { writer, task } = this.#arena;
    const number = ++this.#started;
    const entry = writer.open(false, number);
    const thread = slot % THREAD_EVERY === THREAD_EVERY - 1;
    const seat = { slot, entry, child: undefined, left: false, stopped: false, doomed: false };
    seat.child = start('follower.mjs', { ...task, number, thread, journal: entry.path }, (said) => {
      if (said.fault !== undefined) this.#arena.fault(said.kind, said.fault);
      if (said.left) seat.left = true;
    });
    setPriority(seat.child.pid, Math.min(LEAST_PRIORITY, getPriority() + COURTESY));
    this.#seats[slot] = seat;
    seat.child.end.then(() => this.#vacate(seat));
  }

  #vacate(seat) {
    seat.entry.close();
    if (!seat.left && !seat.doomed)
      this.#arena.fault('failed', `follower ${seat.entry.number} ended by itself: ${seat.child.how}`);
    if (!this.#ending) this.#seat(seat.slot);
  }

  #stop(seat, durationMs) {
    seat.stopped = true;
    seat.child.signal('SIGSTOP');
    this.disturbances.stopped++;
    setTimeout(() => {
      seat.child.signal('SIGCONT');
      seat.entry.heardAt = now();
      seat.stopped = false;
    }, durationMs);
  }

  #kill(seat) {
    seat.doomed = true;
    seat.child.signal('SIGKILL');
    this.disturbances.killed++;
  }

  #leave(seat) {
    seat.child.ask({ leave: true });
    this.disturbances.left++;
  }
}
