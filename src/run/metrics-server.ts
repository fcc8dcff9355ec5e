/** The HTTP server behind `run --metrics`: metrics for Prometheus, and health for supervisors. It serves nothing of the document and changes nothing. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandError } from '../command-error.js';
import { errnoOf } from '../errors.js';
import type { Master } from '../master/master.js';
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from '../metrics/text.js';

export interface MetricsAddress {
  /** A numeric address, or `localhost`. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** What the server tells of. */
export interface MetricsSubject {
  /** The master that there is now. */
  master(): Master;
  /** Why it is not well; undefined while it is. */
  illness(): string | undefined;
}

export interface MetricsServer {
  /** Where it listens, for a log. */
  readonly url: string;
  close(): Promise<void>;
}

/** A scraper sends a short request; a client that sends none keeps a socket for this long. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Listens at `address`. @throws `ERR_SYSTEM` where that is taken or not ours */
export async function serveMetrics(address: MetricsAddress, subject: MetricsSubject): Promise<MetricsServer> {
  const { createServer } = await import('node:http');
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS });
  server.on('request', (request, response) => answer(request, response, subject));
  await listening(server, address);
  server.unref();
  const { address: host, port, family } = server.address() as AddressInfo;
  return { url: `http://${family === 'IPv6' ? `[${host}]` : host}:${port}/metrics`, close: () => closed(server) };
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

function answer(request: IncomingMessage, response: ServerResponse, subject: MetricsSubject): void {
  const { status, body, type = 'text/plain; charset=utf-8' } = replyTo(request, subject);
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body); // which HEAD leaves out
}

function replyTo({ headers, method, url = '/' }: IncomingMessage, subject: MetricsSubject): Reply {
  if (!isNumeric(headers.host)) return { status: 403, body: 'name the server by a numeric address or localhost\n' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET and HEAD\n' };
  const [path] = url.split('?');
  if (path === '/metrics') {
    const body = prometheusText({ masters: [() => subject.master()], findFollowers: true });
    return { status: 200, body, type: PROMETHEUS_CONTENT_TYPE };
  }
  if (path !== '/health') return { status: 404, body: 'there are /metrics and /health\n' };
  const illness = subject.illness();
  return illness === undefined ? { status: 200, body: 'ok\n' } : { status: 503, body: `${illness}\n` };
}

/**
 * Whether a request names its server by number: a page in a browser that had its own name point here (DNS rebinding) cannot. Programs
 * without a Host header, and Kubernetes and Prometheus, which name an address, can.
 */
function isNumeric(host: string | undefined): boolean {
  return host === undefined || /^(localhost|\d+\.\d+\.\d+\.\d+|\[[\da-f:.]+\])(:\d+)?$/i.test(host);
}

async function listening(server: Server, { host, port }: MetricsAddress): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((cause: unknown) => {
    throw new CommandError('ERR_SYSTEM', `metrics cannot be served at ${host}:${port}: ${errnoOf(cause) ?? cause}`, {
      cause,
      cure: 'give --metrics an address of this machine and a free port',
    });
  });
}

async function closed(server: Server): Promise<void> {
  const end = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await end;
}
