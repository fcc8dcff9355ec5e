// What one NATS server does on this machine, for `simulate.mjs`: copies of an entry per second, direct gets and new connections per second. Some hundred clients on the loopback, which only count bytes.
// node bench/hosts/calibrate.mjs [--clients 300] [--entry-bytes 400]
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { openUpstream } from '../../lib/upstream/open.js';
import { push } from '../../lib/upstream/push.js';
import { startNats } from './servers.mjs';

const MESSAGES = 300;
const READS = 4000;

const { values } = parseArgs({
  options: { clients: { type: 'string', default: '300' }, 'entry-bytes': { type: 'string', default: '400' } },
});
const clients = Number(values.clients);
const entryBytes = Number(values['entry-bytes']);

const directory = mkdtempSync(join(tmpdir(), 'jsonmmap-calibrate-'));
const nats = await startNats(directory);
const [host, port] = nats.server.split(':');
try {
  const begin = performance.now();
  const sockets = await Promise.all(Array.from({ length: clients }, subscriber));
  const connected = performance.now() - begin;
  const copies = await fanOut(sockets);
  for (const { socket } of sockets) socket.destroy();
  console.log(
    JSON.stringify({
      clients,
      entryBytes,
      copiesPerSecond: Math.round(copies),
      connectionsPerSecond: Math.round((clients / connected) * 1000),
      readsPerSecond: Math.round(await directGets()),
    }),
  );
} finally {
  await nats.stop();
  rmSync(directory, { recursive: true });
}

/** A connection that has subscribed, and counts what comes. */
async function subscriber() {
  const socket = connectSocket(Number(port), host);
  await once(socket, 'data'); // INFO
  const client = { socket, bytes: 0 };
  socket.write('CONNECT {"verbose":false}\r\nSUB fan 1\r\nPING\r\n');
  await once(socket, 'data'); // PONG
  socket.on('data', (data) => {
    client.bytes += data.length;
  });
  return client;
}

/** Copies per second that the server delivers. */
async function fanOut(sockets) {
  const connection = await connect({ servers: nats.server });
  const expected = MESSAGES * entryBytes;
  const begin = performance.now();
  for (let i = 0; i < MESSAGES; i++) connection.publish('fan', Buffer.alloc(entryBytes, 'x'));
  await connection.flush();
  while (sockets.some(({ bytes }) => bytes < expected)) await new Promise((resolve) => setImmediate(resolve));
  const seconds = (performance.now() - begin) / 1000;
  await connection.close();
  return (MESSAGES * sockets.length) / seconds;
}

async function directGets() {
  const engine = await openUpstream(`nats://${nats.server}/bucket/doc`);
  await engine.create();
  for (let i = 0; i < 200; i++) await push(engine, { i });
  const begin = performance.now();
  for (let done = 0; done < READS; ) done += (await engine.read(1, 200)).length;
  const seconds = (performance.now() - begin) / 1000;
  await engine.close();
  return READS / seconds;
}
