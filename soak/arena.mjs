// One region with masters, followers and requests, for a while: what happened, and what was wrong.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Followers } from './followers.mjs';
import { History } from './history.mjs';
import { Masters } from './masters.mjs';
import { Memory } from './memory.mjs';
import { randomOf } from './random.mjs';
import { Requests } from './requests.mjs';
import { inspectEnd } from './the-end.mjs';
import { JournalWriter } from './writer.mjs';

const READ_EVERY_MS = 150;
const SEEN_FAULTS = 20;

/**
 * @typedef {object} Scene
 * @property {string} root directory for the journals, and for the region if no other is named
 * @property {string} [dir] directory of the region
 * @property {number} durationMs
 * @property {number} kills
 * @property {number} followers
 * @property {number} seed
 * @property {{ write: number, read: number }} pauseMs how long writers and readers rest at most
 * @property {boolean} [unlimited]
 */

export class Arena {
  history = new History();
  /** @type {{ kind: string, message: string }[]} */
  faults = [];
  #counts = { torn: 0, lost: 0, hung: 0, orphaned: 0, failed: 0 };
  #scene;
  #memory = new Memory();
  /** Set at the end, or at the first fault: the files are to stay as they were then. */
  #stopping = false;
  /** Somebody wants no more of it, and the result of what there was. */
  #interrupted = false;

  /** @param {Scene} scene */
  constructor(scene) {
    this.#scene = scene;
    const { root, dir = join(root, 'region'), seed, pauseMs, unlimited = false, kills } = scene;
    const journals = join(root, 'journals');
    this.rehearsal = join(root, 'rehearsal');
    for (const directory of [dir, journals, this.rehearsal]) mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.task = { name: 'soak', dir, seed, pauseMs, unlimited, calm: kills === 0 };
    this.random = randomOf(seed, 0);
    this.writer = new JournalWriter(journals, this.history);
    this.stopped = () => this.#stopping;
    this.enough = () => this.#stopping || this.#interrupted;
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (this.#interrupted = true));
  }

  /** Runs the scene and returns what it came to. */
  async run() {
    const { durationMs, kills, followers: count } = this.#scene;
    const started = performance.now();
    const masters = new Masters(this);
    const followers = new Followers(this, count);
    const requests = new Requests(this);
    const reading = setInterval(() => this.#look(masters, followers), READ_EVERY_MS);
    const busy = [followers.disturb(), requests.ask()];
    await masters.kill(kills, durationMs);
    while (!this.enough() && performance.now() < started + durationMs) await delay(READ_EVERY_MS);
    const version = this.#stopping ? NaN : await masters.finish();
    if (!this.#stopping) await followers.finish(version);
    this.#stopping = true;
    clearInterval(reading);
    await Promise.all([masters.end(), followers.end(), ...busy]);
    for (let i = 0; i < 2; i++) this.#look(masters, followers);
    return this.#result({ masters, followers, requests, version, started });
  }

  /** Something was wrong. @param {string} kind @param {string} message */
  fault(kind, message) {
    this.#counts[kind]++;
    if (this.faults.length < SEEN_FAULTS) this.faults.push({ kind, message });
    this.#stopping = true;
  }

  #look(masters, followers) {
    this.writer.read();
    if (this.history.faults.length > 0) this.#stopping = true;
    if (this.#stopping) return;
    followers.watch();
    this.#memory.sample({ master: masters.pid, ...namedSteady(followers.steadyPids) });
  }

  #result({ masters, followers, requests, version, started }) {
    const segments = Number.isNaN(version) ? 0 : this.#judgeEnd(version);
    const { counts, faults, newest } = this.history;
    return {
      seconds: (performance.now() - started) / 1000,
      versions: newest,
      compactions: Math.max(0, segments - 1),
      kills: masters.kills,
      otherKills: masters.otherKills,
      takeovers: masters.takeovers,
      writes: this.writer.writes,
      reads: this.writer.reads,
      requests: requests.answered,
      disturbances: followers.disturbances,
      counts: {
        ...this.#counts,
        backwards: counts.backwards,
        lost: this.#counts.lost + counts.lost,
        torn: this.#counts.torn + counts.torn,
      },
      faults: [...faults, ...this.faults],
      memory: this.#memory.quarters(),
    };
  }

  /** Returns how many segments there have been. */
  #judgeEnd(version) {
    const { newest } = this.history;
    if (version < newest) this.fault('lost', `the last master ended at version ${version}, and ${newest} was seen`);
    const { problems, segments } = inspectEnd(this.task);
    for (const problem of problems) this.fault('orphaned', problem);
    return segments;
  }
}

function namedSteady([follower, worker]) {
  return { follower, worker };
}
