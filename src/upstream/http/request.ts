/** One request over HTTP, of which nothing is trusted to end or to be short. */
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request as plain } from 'node:http';
import { request as secure, Agent as TlsAgent } from 'node:https';
import type { Credentials } from '../credentials.js';

export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Uint8Array;
}

export interface Asked {
  readonly method?: 'GET' | 'PUT' | 'DELETE';
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
  readonly maxBytes?: number;
}

export interface HttpClient {
  /** @throws what the network says, and for an answer that is longer than `maxBytes` */
  ask(path: string, asked?: Asked): Promise<Answer>;
  close(): void;
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES = 1024 * 1024;
const CONNECTIONS_MAX = 8;

/** Returns a client for what is below `base`, which ends in a slash. */
export function httpClient(base: string, credentials: Credentials): HttpClient {
  const isSecure = base.startsWith('https:');
  const { ca, cert, key } = credentials;
  const pool = { keepAlive: true, maxSockets: CONNECTIONS_MAX };
  const agent = isSecure ? new TlsAgent({ ...pool, ca, cert, key }) : new Agent(pool);
  const authorization = authorizationOf(credentials);
  const send = isSecure ? secure : plain;
  return {
    ask: (path, { method = 'GET', headers, body, maxBytes = ANSWER_BYTES } = {}) =>
      new Promise((resolve, reject) => {
        const sent = { ...headers, ...authorization, ...(body === undefined ? {} : { 'content-length': body.length }) };
        const options = { method, agent, headers: sent, signal: AbortSignal.timeout(TIMEOUT_MS) };
        const outgoing = send(new URL(path, base), options, (incoming) => {
          bodyOf(incoming, maxBytes).then((read) => {
            const { statusCode = 0, headers } = incoming;
            resolve({ status: statusCode, etag: headers.etag, body: read });
          }, reject);
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}

async function bodyOf(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      incoming.destroy();
      throw new Error(`the answer takes more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function authorizationOf({ user, password, token }: Credentials): OutgoingHttpHeaders {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (user === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` };
}
