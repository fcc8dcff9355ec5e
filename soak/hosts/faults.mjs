// What happens to a fleet. Each fault begins with all agents at the head of the log, and ends where everything works again; `main.mjs` then waits until all agents are there.
import { setTimeout as delay } from 'node:timers/promises';

const STALE_MS = 5000; // what the agents of upstream-agent.mjs take
const CUT_MS = 12_000;
const PATIENCE_MS = 60_000;

export const FAULTS = {
  'the leader is killed': async ({ cluster, manager, writing }) => {
    const leader = await cluster.leader(manager);
    await writing(async () => {
      await cluster.kill(leader);
      await delay(3000);
      await cluster.start(leader);
    });
  },

  'a minority is cut off': async ({ network, fleet, writing, check }) => {
    await writing(async () => {
      network.cable('down');
      await delay(CUT_MS);
      for (const name of fleet.far)
        check(
          fleet.state(name) === 'stale',
          `${name} is cut off for ${CUT_MS} ms, and says that it is ${fleet.state(name)}`,
        );
      network.cable('up');
    });
  },

  'all servers are cut off': async ({ network, cluster, fleet, writing, check }) => {
    await writing(async () => {
      for (const name of cluster.names) network.link(name, 'down');
      await delay(CUT_MS);
      const live = fleet.names.filter((name) => fleet.state(name) === 'live');
      check(live.length === 0, `no server can be reached for ${CUT_MS} ms, and ${live} say that they are live`);
      for (const name of cluster.names) network.link(name, 'up');
    });
  },

  'each server is restarted with its data': async ({ cluster, writing }) => {
    await writing(async () => {
      for (const name of cluster.names) {
        await cluster.kill(name);
        await cluster.start(name);
        await delay(2000);
      }
    });
  },

  'a server is restarted without its data': async ({ cluster, manager, writing }) => {
    const leader = await cluster.leader(manager);
    const other = cluster.names.find((name) => name !== leader);
    await writing(async () => {
      await cluster.kill(other);
      cluster.wipe(other);
      await cluster.start(other);
      await delay(3000);
    });
  },

  'the bucket is recreated, and grows past where it was': async ({ manager, writer, fleet }) => {
    const { sequence } = writer.position;
    await patiently(() => manager.streams.delete('jsonmmap-bucket'));
    writer.forget();
    await writer.create();
    while (writer.position.sequence <= sequence + 5) if (!(await writer.append())) await writer.goOn();
    fleet.check();
  },

  'entries are compacted away during an outage': async ({ network, fleet, manager, writer }) => {
    const name = fleet.names[0];
    network.link(name, 'down');
    for (let i = 0; i < 20; i++) await writer.append();
    const { sequence } = await patiently(() => writer.snapshot());
    for (let i = 0; i < 5; i++) await writer.append();
    const purge = { filter: 'jsonmmap.bucket.told.log.doc', seq: sequence };
    await patiently(() => manager.streams.purge('jsonmmap-bucket', purge));
    writer.acknowledged = writer.acknowledged.filter((entry) => entry.sequence >= sequence);
    network.link(name, 'up');
  },

  'agents are killed at random': async ({ fleet, writing }) => {
    await writing(async () => {
      for (let round = 0; round < 8; round++) {
        const name = fleet.names[Math.floor(Math.random() * fleet.names.length)];
        await fleet.kill(name);
        await delay(Math.random() * 300);
        fleet.start(name);
        await delay(Math.random() * 700);
      }
    });
  },

  'an agent is stopped, and goes on': async ({ fleet, writing }) => {
    const name = fleet.names.at(-1);
    await writing(async () => {
      fleet.signal(name, 'SIGSTOP');
      await delay(STALE_MS);
      fleet.signal(name, 'SIGCONT');
    });
  },

  'two writers append at once': async ({ writer, another, check }) => {
    const other = await another();
    for (let round = 0; round < 20; round++) {
      await Promise.all([writer.learn(), other.learn()]);
      const won = await Promise.all([writer.append(), other.append()]);
      check(won.filter(Boolean).length === 1, `${won.filter(Boolean).length} of two writers have won`);
    }
    for (const position of other.acknowledged) writer.acknowledged.push(position);
    await other.close();
    await writer.learn();
  },

  'a patch is longer than an entry': async ({ writer }) => {
    await writer.append('long '.repeat(500_000));
    await writer.append();
  },
};

/** Servers that have just come back take a while until they do what they are asked for. */
async function patiently(call) {
  for (const deadline = performance.now() + PATIENCE_MS; ; await delay(500)) {
    try {
      return await call();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}
