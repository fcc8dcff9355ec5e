/** Real servers of the engines, on free ports of the loopback, with their data in temporary directories. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Origin, type OriginBehaviour } from './origin.js';

export interface TestServer {
  /** Returns the URL of a document. */
  url(bucket: string, document: string): string;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  /** Kills it. */
  kill(): Promise<void>;
  /** Deletes its data, while it does not run. */
  wipe(): void;
  close(): Promise<void>;
}

const DEADLINE_MS = 20_000;

/** Whether a program is installed. */
export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

export async function natsServer(words: readonly string[] = []): Promise<TestServer> {
  const port = await freePort();
  const url = (bucket: string, document: string) => `nats://127.0.0.1:${port}/${bucket}/${document}`;
  return processServer(port, url, (directory) => [
    'nats-server',
    '-a',
    '127.0.0.1',
    '-p',
    String(port),
    '-js',
    '-sd',
    directory,
    ...words,
  ]);
}

export async function redisServer({ tls = false, words = [] as readonly string[] } = {}): Promise<TestServer> {
  const port = await freePort();
  const url = (bucket: string, document: string) => `redis://127.0.0.1:${port}/${bucket}/${document}`;
  const persistence = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  return processServer(port, url, (directory) => [
    'redis-server',
    '--bind',
    '127.0.0.1',
    ...(tls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)]),
    '--dir',
    directory,
    ...persistence,
    ...words,
  ]);
}

/** A web server that keeps what is PUT, and knows ETags and their conditions. */
export async function httpServer(behaviour: OriginBehaviour = {}): Promise<TestServer> {
  const origin = new Origin(behaviour);
  await origin.start();
  const url = (bucket: string, document: string) => `http://127.0.0.1:${origin.port}/${bucket}/${document}?poll=50`;
  return {
    url,
    start: () => origin.start(),
    kill: () => origin.stop(),
    wipe: () => origin.wipe(),
    close: () => origin.stop(),
  };
}

async function processServer(
  port: number,
  url: TestServer['url'],
  command: (directory: string) => string[],
): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'jsonmmap-server-'));
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    mkdirSync(directory, { recursive: true });
    const [program, ...words] = command(directory);
    child = spawn(program, words, { stdio: 'ignore' });
    await untilItAnswers(port, child);
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const wipe = (): void => rmSync(directory, { recursive: true, force: true });
  await start();
  const close = async (): Promise<void> => {
    await kill();
    wipe();
  };
  return { url, start, kill, wipe, close };
}

async function untilItAnswers(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`the server has ended with code ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error('the server does not answer');
    await delay(10);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
