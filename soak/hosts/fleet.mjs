// Agents, each on a machine of its own, and what must hold of all of them at any time.
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Follower } from '../../lib/index.js';
import { RegionPaths } from '../../lib/region/files/paths.js';
import { readStatus } from '../../lib/upstream/agent/status-file.js';

const PROGRAM = fileURLToPath(new URL('../../test/programs/upstream-agent.mjs', import.meta.url));

export class Fleet {
  #network;
  #url;
  #directory;
  #agents = new Map();
  #versions = new Map();

  constructor(network, url, directory, count) {
    this.#network = network;
    this.#url = url;
    this.#directory = directory;
    for (let i = 1; i <= count; i++) {
      const side = i % 3 === 0 ? 1 : 0; // a third of them is behind the cable, as a third of the servers is
      network.add(`a${i}`, side);
      this.#agents.set(`a${i}`, { side, child: undefined });
    }
  }

  get names() {
    return [...this.#agents.keys()];
  }

  /** Those behind the cable. */
  get far() {
    return this.names.filter((name) => this.#agents.get(name).side === 1);
  }

  startAll() {
    for (const name of this.names) this.start(name);
  }

  start(name) {
    mkdirSync(this.#home(name), { recursive: true });
    const words = [process.execPath, PROGRAM, this.#home(name), this.#url];
    const stdio = ['pipe', 'ignore', 'inherit'];
    this.#agents.get(name).child = this.#network.spawn(name, words, { stdio });
  }

  async kill(name) {
    const { child } = this.#agents.get(name);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  signal(name, signal) {
    this.#agents.get(name).child.kill(signal);
  }

  state(name) {
    return readStatus(new RegionPaths('app', this.#home(name)))?.state;
  }

  /** Where the region of an agent is; undefined before its first document. */
  position(name) {
    return this.#read(name, (follower) => follower.history()[0]?.position);
  }

  /** Waits until all are at `head`; throws after `withinMs`, and says who is not. */
  async caughtUp(head, withinMs, names = this.names) {
    const late = () => names.filter((name) => this.position(name)?.sequence !== head.sequence);
    const begin = performance.now();
    while (late().length > 0) {
      if (performance.now() - begin > withinMs) {
        const where = late().map((name) => `${name} at ${this.position(name)?.sequence} (${this.state(name)})`);
        throw new Error(`after ${withinMs} ms, the log is at ${head.sequence}, and ${where.join(', ')}`);
      }
      this.check();
      await delay(50);
    }
    return Math.round(performance.now() - begin);
  }

  /** Every version that can be read is the fold of a log at its position; versions never go back. */
  check() {
    for (const name of this.names) this.#read(name, (follower) => this.#checkVersions(name, follower));
  }

  lists = () => undefined;

  #checkVersions(name, follower) {
    const { version } = follower;
    if (version < (this.#versions.get(name) ?? 0)) throw new Error(`${name} has gone back to version ${version}`);
    this.#versions.set(name, version);
    const [newest] = follower.history();
    const { list } = follower.at(newest.version).current;
    if (newest.position === undefined) throw new Error(`version ${version} of ${name} has no position`);
    const expected = this.lists(newest.position);
    if (expected === undefined) return; // an entry whose append was not answered: known when the writer has read the log
    if (JSON.stringify(list) !== JSON.stringify(expected))
      throw new Error(
        `version ${version} of ${name} at ${newest.position.sequence} is ${JSON.stringify(list.slice(-9))}`,
      );
  }

  #read(name, use) {
    let follower;
    try {
      follower = Follower.open('app', { dir: this.#home(name) });
    } catch (error) {
      if (error.code === 'ERR_REGION_NOT_FOUND') return undefined; // there is no document yet
      throw error;
    }
    try {
      return use(follower);
    } catch (error) {
      if (error.code === 'ERR_VERSION_GONE') return undefined; // newer ones came while we looked
      throw error;
    } finally {
      follower.close();
    }
  }

  async close() {
    for (const { child } of this.#agents.values()) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }

  #home(name) {
    return join(this.#directory, name);
  }
}
