// Two switches with a cable between them, and machines on them: network namespaces, whose links are taken down and up. Needs root and iproute2.
import { execFileSync, spawn, spawnSync } from 'node:child_process';

const PREFIX = '10.77.0';
const US = `${PREFIX}.254`;

/** Whether this process can make a network. */
export function canMakeNetworks() {
  return process.getuid?.() === 0 && spawnSync('ip', ['netns', 'list']).status === 0;
}

export class Network {
  #tag = `jm${process.pid % 100_000}`;
  #machines = new Map();

  constructor() {
    const cable = [this.#name('c0'), this.#name('c1')];
    ip('link', 'add', cable[0], 'type', 'veth', 'peer', 'name', cable[1]);
    for (const side of [0, 1]) {
      ip('link', 'add', this.#switch(side), 'type', 'bridge');
      ip('link', 'set', this.#switch(side), 'up');
      ip('link', 'set', cable[side], 'master', this.#switch(side), 'up');
    }
    ip('addr', 'add', `${US}/24`, 'dev', this.#switch(0)); // we are on the first one
  }

  /** Adds a machine to switch 0 or 1, and returns its address. */
  add(name, side) {
    const space = this.#name(name);
    const link = this.#name(`l${this.#machines.size}`);
    const address = `${PREFIX}.${this.#machines.size + 1}`;
    ip('netns', 'add', space);
    this.#machines.set(name, { space, link, address });
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
    ip('link', 'set', link, 'master', this.#switch(side), 'up');
    ip('-n', space, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', space, 'link', 'set', 'eth0', 'up');
    ip('-n', space, 'link', 'set', 'lo', 'up');
    return address;
  }

  /** Starts a program on a machine. */
  spawn(name, words, options) {
    return spawn('ip', ['netns', 'exec', this.#machines.get(name).space, ...words], options); // `ip` becomes the program
  }

  /** Takes the link of a machine down, or up again. */
  link(name, state) {
    ip('link', 'set', this.#machines.get(name).link, state);
  }

  /** Takes the cable between the switches down, or up again. */
  cable(state) {
    ip('link', 'set', this.#name('c0'), state);
  }

  /** Everything is over: nothing that runs on a machine has a network any more. */
  remove() {
    for (const { space, link } of this.#machines.values()) {
      spawnSync('ip', ['link', 'del', link]);
      spawnSync('ip', ['netns', 'del', space]);
    }
    for (const name of [this.#name('c0'), this.#switch(0), this.#switch(1)]) spawnSync('ip', ['link', 'del', name]);
  }

  #name(word) {
    return `${this.#tag}${word}`;
  }

  #switch(side) {
    return this.#name(`s${side}`);
  }
}

function ip(...words) {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
