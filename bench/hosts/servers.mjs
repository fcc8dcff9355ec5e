// The servers of `bench/hosts/main.mjs`, on free ports of the loopback.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createSocket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Starts NATS, which takes whole values of 32 MiB; `sentBytes` is what it has sent to its clients so far. */
export async function startNats(directory) {
  const [port, monitor] = [await freePort(), await freePort()];
  mkdirSync(directory, { recursive: true });
  const config = join(directory, 'nats.conf');
  const limits = 'max_payload: 33554432\nmax_pending: 1073741824\n';
  writeFileSync(
    config,
    `host: 127.0.0.1\nport: ${port}\nhttp: 127.0.0.1:${monitor}\n${limits}jetstream { store_dir: "${directory}" }\n`,
  );
  const child = spawn('nats-server', ['-c', config], { stdio: 'ignore' });
  await untilItAnswers(port);
  await untilItAnswers(monitor);
  const sentBytes = async () => (await (await fetch(`http://127.0.0.1:${monitor}/varz`)).json()).out_bytes;
  return { server: `127.0.0.1:${port}`, sentBytes, stop: () => stop(child) };
}

export async function startRedis(directory) {
  const port = await freePort();
  mkdirSync(directory, { recursive: true });
  const words = ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, '--save', ''];
  const limits = ['--client-output-buffer-limit', 'pubsub', '0', '0', '0'];
  const child = spawn('redis-server', [...words, ...limits], { stdio: 'ignore' });
  await untilItAnswers(port);
  return { server: `127.0.0.1:${port}`, stop: () => stop(child) };
}

/** Starts a web server with one file, which `write` replaces. */
export async function startHttp() {
  let [body, tag] = [Buffer.alloc(0), 0];
  const server = createServer((request, response) => {
    const etag = `"${tag}"`;
    if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end();
    return response.writeHead(200, { etag }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const write = (text) => {
    body = Buffer.from(text);
    tag++;
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, write, stop: () => server.close() };
}

async function stop(child) {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function freePort() {
  const server = createSocket().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function untilItAnswers(port) {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await delay(20); // not yet
    } finally {
      socket.destroy();
    }
  }
}
