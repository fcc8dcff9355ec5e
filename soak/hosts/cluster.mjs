// Three NATS servers, each on a machine of its own, with their data in a directory that outlives them.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The third one is behind the cable. */
const SIDES = { n1: 0, n2: 0, n3: 1 };
const DEADLINE_MS = 60_000;

export class Cluster {
  /** On our side of the cable. */
  static near = ['n1', 'n2'];
  #network;
  #directory;
  #servers = new Map();

  constructor(network, directory) {
    this.#network = network;
    this.#directory = directory;
    for (const [name, side] of Object.entries(SIDES))
      this.#servers.set(name, { address: network.add(name, side), child: undefined });
  }

  get names() {
    return [...this.#servers.keys()];
  }

  /** Returns the URL of a document, with all servers or those that are named. */
  url(document, names = this.names) {
    const hosts = names.map((name) => this.#servers.get(name)).map(({ address }) => `${address}:4222`);
    return `nats://${hosts.join()}/bucket/${document}?replicas=3`;
  }

  async startAll() {
    await Promise.all(this.names.map((name) => this.start(name)));
  }

  async start(name) {
    const server = this.#servers.get(name);
    const { address } = server;
    const routes = [...this.#servers.values()].map((other) => `nats://${other.address}:6222`).join();
    const cluster = ['--cluster_name', 'jsonmmap', '--cluster', `nats://${address}:6222`, '--routes', routes];
    const words = ['nats-server', '-n', name, '-a', address, '-p', '4222', '-js', '-sd', this.#data(name), ...cluster];
    server.child = this.#network.spawn(name, words, { stdio: 'ignore' });
    await untilItAnswers(address);
  }

  async kill(name) {
    const { child } = this.#servers.get(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  wipe(name) {
    rmSync(this.#data(name), { recursive: true, force: true });
  }

  /** Which server orders the writes of the bucket now. */
  async leader(manager) {
    for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await delay(100)) {
      const info = await manager.streams.info('jsonmmap-bucket').catch(() => undefined);
      if (info?.cluster?.leader) return info.cluster.leader;
    }
    throw new Error('the bucket has no leader');
  }

  async close() {
    await Promise.all(this.names.map((name) => this.kill(name)));
  }

  #data(name) {
    return join(this.#directory, name);
  }
}

async function untilItAnswers(address) {
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await delay(50)) {
    const socket = connect(4222, address);
    try {
      await once(socket, 'connect');
      return;
    } catch {
      // not yet
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`the server at ${address} does not answer`);
}
