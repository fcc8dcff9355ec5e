/** A web server as object stores are: PUT, GET, DELETE, strong ETags, If-Match and If-None-Match. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface OriginBehaviour {
  /** A server that writes whatever the condition says. */
  ignoresConditions?: boolean;
  /** A static directory. */
  readOnly?: boolean;
  /** Over TLS. */
  tls?: ServerOptions;
  /** The header that a request must have. */
  authorization?: string;
  /** What is read of `path`, instead of what was written. */
  forge?: (path: string, body: Buffer) => Buffer;
}

export class Origin {
  readonly files = new Map<string, Buffer>();
  readonly behaviour: OriginBehaviour;
  port = 0;
  #server: Server | undefined;

  constructor(behaviour: OriginBehaviour = {}) {
    this.behaviour = behaviour;
  }

  async start(): Promise<void> {
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response);
    const { tls } = this.behaviour;
    this.#server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  wipe(): void {
    this.files.clear();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const path = (request.url ?? '/').split('?')[0];
    const body = await buffer(request);
    const { authorization } = this.behaviour;
    if (authorization !== undefined && headers.authorization !== authorization)
      return void response.writeHead(401).end();
    const stored = this.files.get(path);
    const tag = stored && `"${createHash('sha256').update(stored).digest('hex').slice(0, 16)}"`;
    if (method === 'GET') {
      if (stored === undefined) return void response.writeHead(404).end();
      if (headers['if-none-match'] === tag) return void response.writeHead(304, { etag: tag }).end();
      return void response.writeHead(200, { etag: tag }).end(this.behaviour.forge?.(path, stored) ?? stored);
    }
    if (this.behaviour.readOnly) return void response.writeHead(405).end();
    if (!this.behaviour.ignoresConditions && !holds(headers, tag)) return void response.writeHead(412).end();
    if (method === 'DELETE') this.files.delete(path);
    else this.files.set(path, body);
    response.writeHead(method === 'DELETE' ? 204 : 201).end();
  }
}

function holds(headers: IncomingMessage['headers'], tag: string | undefined): boolean {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (noneMatch === '*' && tag !== undefined) return false;
  return match === undefined || match === tag;
}
