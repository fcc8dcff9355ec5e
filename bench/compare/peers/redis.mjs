// node-redis with client-side caching: the server tells by RESP3 which cached keys are no longer true. The server is started for the
// trial by `publish`, on a socket of loopback, and keeps nothing on disk.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { BasicClientSideCache, createClient } from 'redis';
import { accessor, entriesOf, keyOfRow, stamp, valueAt } from '../documents.mjs';

/** Of one MSET: many, because each costs a round trip, and not all, because the server does nothing else meanwhile. */
const KEYS_AT_ONCE = 2000;

const portFile = (directory) => join(directory, 'redis.port');

async function startServer(directory) {
  const port = await freePort();
  const options = { bind: '127.0.0.1', port, save: '', appendonly: 'no', dir: directory, loglevel: 'warning' };
  const server = spawn(
    'redis-server',
    Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]),
  );
  const [failure] = await Promise.race([once(server, 'error'), once(server, 'spawn')]);
  if (failure) throw new Error(`redis-server did not start (Debian: apt-get install redis-server): ${failure.message}`);
  process.once('exit', () => server.kill());
  writeFileSync(portFile(directory), String(port));
  return server;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

async function connect(directory, clientSideCache) {
  const url = `redis://127.0.0.1:${readFileSync(portFile(directory), 'utf8')}`;
  // Without a time limit, a command needs no timer of its own.
  const commandOptions = { timeout: undefined };
  const client = createClient({ url, RESP: 3, commandOptions, ...(clientSideCache && { clientSideCache }) });
  client.on('error', () => {}); // of the first tries, while the server starts; a command that fails still throws
  return client.connect();
}

export async function publish({ directory, name, document }) {
  const server = await startServer(directory);
  const client = await connect(directory);
  async function putAll() {
    const pairs = [...entriesOf(name, document)].map(([key, value]) => [key, JSON.stringify(value)]);
    for (let i = 0; i < pairs.length; i += KEYS_AT_ONCE) await client.mSet(pairs.slice(i, i + KEYS_AT_ONCE));
  }
  await putAll();
  return {
    set: (row) => client.set(keyOfRow(row), JSON.stringify(stamp(document, row))),
    write(row) {
      stamp(document, row);
      return putAll();
    },
    async stored() {
      return Number(/used_memory_rss:(\d+)/.exec(await client.info('memory'))[1]);
    },
    async close() {
      client.destroy();
      server.kill();
      await once(server, 'exit');
    },
  };
}

export async function follow({ directory }) {
  const cache = new BasicClientSideCache({ maxEntries: 0, ttl: 0 });
  const client = await connect(directory, cache);
  const read = async (row) => valueAt(JSON.parse(await client.get(keyOfRow(row))), row.field);
  return {
    hot(row) {
      const [key, field] = [keyOfRow(row), accessor(row.field)];
      return async () => field(JSON.parse(await client.get(key)));
    },
    read,
    async watch(row, seen) {
      await read(row); // from here on the server tells us
      cache.on('invalidate', async (key) => {
        if (String(key) === keyOfRow(row)) seen(await read(row));
      });
    },
    close: () => client.destroy(),
  };
}
