/** What the tests of the control socket share: bytes sent as they are, and a socket of ours that answers as the test wants. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegionPaths } from '../../../src/region/files/paths.js';
import { CONTROL_LIMITS, type ControlLimits } from '../../../src/write-requests/limits.js';
import type { MasterReport } from '../../../src/write-requests/report.js';
import { type Serving, serveControl } from '../../../src/write-requests/server.js';
import { afterEachTest } from '../../cleanup.js';

export const by = { pid: 7, name: 'test' };

const cleanups: (() => void)[] = [];

afterEachTest(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

export function cleanLater(cleanup: () => void): void {
  cleanups.push(cleanup);
}

export function directory(): string {
  const dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'jsonmmap-control-'));
  cleanLater(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const noDurations = { boundsSeconds: [1], counts: [0, 0], sumSeconds: 0, count: 0 };

/** What the master of `serve` says of itself. */
export const report: MasterReport = {
  publishes: 3,
  changeBytes: 100,
  refusals: 1,
  compactions: 0,
  publishDurations: { boundsSeconds: [0.001, 1], counts: [2, 1, 0], sumSeconds: 0.5, count: 3 },
  compactionDurations: noDurations,
  requests: [{ version: 2, verb: 'set', path: '/a', by: { pid: 1, name: 'someone' } }],
};

/** Serves region `c` of a directory; what is asked is done by `write`. */
export function serve(limits: Partial<ControlLimits> = {}, serving: Partial<Serving> = {}): string {
  const paths = new RegionPaths('c', directory());
  const full: Serving = {
    write: () => 1,
    report: () => report,
    task: async () => ({ done: true }),
    told: () => {},
    ...serving,
  };
  const server = serveControl(paths, 0o600, full, { ...CONTROL_LIMITS, ...limits });
  cleanLater(() => server.close());
  return paths.socket;
}

export function connect(path: string): Socket {
  const socket = createConnection({ path, allowHalfOpen: true });
  cleanLater(() => socket.destroy());
  return socket;
}

/** Sends bytes as they are and ends; returns what comes back until the end. */
export async function ask(path: string, bytes: string | Uint8Array): Promise<Record<string, unknown>> {
  const socket = connect(path);
  socket.end(bytes);
  return answerOf(socket);
}

export async function answerOf(socket: Socket): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return JSON.parse(text) as Record<string, unknown>;
}

/** The code of an answer. */
export function codeOf(answer: Record<string, unknown>): unknown {
  return (answer.error as { code?: unknown } | undefined)?.code;
}

export function requestText(write: unknown, others: object = {}): string {
  return JSON.stringify({ protocol: 2, region: 'c', by, write, ...others });
}

/** A server of the test's own at the path of a control socket. */
export async function pretend(
  path: string,
  answer: (socket: Socket) => void,
): Promise<{ server: Server; asked: () => number }> {
  let asked = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    asked++;
    socket.on('error', () => {});
    cleanLater(() => socket.destroy());
    answer(socket);
  });
  cleanLater(() => server.close());
  server.listen(path);
  await once(server, 'listening');
  return { server, asked: () => asked };
}
