// Three NATS servers and their agents in network namespaces, and what can happen to them. After each fault: the region of every agent is the fold of the log at its position,
// versions have not gone back, nothing acknowledged is lost, and all agents are at the head of the log within a minute.
// npm run soak:hosts -- [--agents 10] [--rounds 1] [--only <words of a fault>[,<words of another>]]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { parseUpstreamUrl } from '../../lib/upstream/address.js';
import { Cluster } from './cluster.mjs';
import { FAULTS } from './faults.mjs';
import { Fleet } from './fleet.mjs';
import { canMakeNetworks, Network } from './network.mjs';
import { Writer } from './writer.mjs';

const HEALED_MS = 60_000;

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
if (!canMakeNetworks()) {
  console.log('soak:hosts needs root and iproute2, for network namespaces');
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), 'jsonmmap-hosts-'));
const network = new Network();
const cluster = new Cluster(network, join(directory, 'servers'));
const url = cluster.url('doc');
const fleet = new Fleet(network, url, join(directory, 'hosts'), Number(values.agents));
const nearUrl = cluster.url('doc', Cluster.near);
const writer = new Writer(nearUrl, 'one');
fleet.lists = (position) => writer.listAt(position);
let failed = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end().finally(() => process.exit(1)));
try {
  await cluster.startAll();
  await writer.open();
  await writer.append();
  const { servers } = parseUpstreamUrl(nearUrl);
  const connection = await connect({ servers: [...servers], maxReconnectAttempts: -1 });
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: 20_000 });
  fleet.startAll();
  console.log(`${fleet.names.length} agents at the head after ${await fleet.caughtUp(writer.position, HEALED_MS)} ms`);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [what, fault] of Object.entries(FAULTS))
      if (values.only.split(',').some((words) => what.includes(words))) await suffer(what, fault, manager);
  await connection.close();
} catch (error) {
  failed = true;
  console.error(error);
  console.error(`the end of the log:\n${await writer.logEnd().catch(String)}`);
} finally {
  await end();
}
process.exit(failed ? 1 : 0);

async function end() {
  await fleet.close();
  await cluster.close();
  network.remove();
  rmSync(directory, { recursive: true, force: true });
}

async function suffer(what, fault, manager) {
  const { sequence } = writer.position;
  await fault({ network, cluster, fleet, writer, manager, writing, another, check });
  await writer.goOn();
  await writer.append();
  const ms = await fleet.caughtUp(writer.position, HEALED_MS);
  fleet.check();
  await nothingIsLost();
  console.log(`${what}: revisions ${sequence} to ${writer.position.sequence}, all agents there ${ms} ms after the end`);
}

/** Lets the writer append while `disturb` goes on. */
async function writing(disturb) {
  let isOver = false;
  const written = writer.appendUntil(() => isOver);
  try {
    await disturb();
  } finally {
    isOver = true;
    await written;
  }
}

async function another() {
  const other = new Writer(nearUrl, 'two');
  other.lists = writer.lists; // of the same history
  await other.open();
  return other;
}

async function nothingIsLost() {
  const deadline = performance.now() + HEALED_MS;
  for (const { sequence, id } of writer.acknowledged) {
    for (let found = await lookFor(sequence, id); found !== 'there'; found = await lookFor(sequence, id)) {
      check(performance.now() < deadline, `revision ${sequence} was acknowledged, and now: ${found}`);
      await delay(100);
    }
  }
}

/** As the server says that orders the writes. Agents may have all from another one while the servers still choose it. */
async function lookFor(sequence, id) {
  try {
    const [stored] = await writer.engine.read(sequence, 1, true);
    const isSame = stored?.sequence === sequence && Buffer.from(stored.bytes.subarray(0, 200)).toString().includes(id);
    return isSame ? 'there' : 'lost';
  } catch (error) {
    if (error.code !== 'ERR_UPSTREAM') throw error;
    return error.message;
  }
}

function check(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
