/** The inspector: a page on 127.0.0.1 that shows the regions of a directory while they live. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerError, BadRequest, harden } from './answers.js';
import { Guard } from './guard.js';
import { PageFiles } from './page-files.js';
import { answerApi } from './routes.js';
import { Sessions, type Where } from './session.js';

export interface InspectorOptions extends Where {
  /** A region to begin with; the list of all of them without. */
  readonly name?: string | undefined;
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** Whether pages may ask the master for changes. */
  readonly write?: boolean | undefined;
  /** Where the built page is. */
  readonly page: string;
  /** Is told of errors that no request is to blame for. */
  readonly onError: (error: unknown) => void;
}

/** An inspector that listens. */
export interface Inspector {
  /** With the token: its holder may read, and may make changes if the inspector was started for that. */
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts an inspector on 127.0.0.1. @throws the error of `listen`, such as `EADDRINUSE` */
export async function startInspector(options: InspectorOptions): Promise<Inspector> {
  const guard = new Guard();
  const sessions = new Sessions({ dir: options.dir, owner: options.owner });
  const pages = new PageFiles(options.page);
  const server = createServer((request, response) => {
    answer(request, response, { guard, sessions, pages, options }).catch((error: unknown) => {
      if (response.destroyed) return; // the page has gone, and what it asked for was aborted
      if (!answerError(response, error)) options.onError(error);
    });
  });
  await listening(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  guard.listensOn(port);
  const fragment = options.name === undefined ? '' : `#/${encodeURIComponent(options.name)}`;
  return {
    url: `http://${HOST}:${port}/?token=${guard.token}${fragment}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      sessions.close();
      await closed;
    },
  };
}

async function listening(server: Server, port: number): Promise<void> {
  const listens = once(server, 'listening'); // rejects with the server's error
  server.listen(port, HOST);
  await listens;
}

interface Parts {
  readonly guard: Guard;
  readonly sessions: Sessions;
  readonly pages: PageFiles;
  readonly options: InspectorOptions;
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const { guard, sessions, pages, options } = parts;
  harden(response);
  const url = urlOf(request);
  const admission = guard.admit(request, url);
  if (admission === 'refused') throw new BadRequest(403, 'open the address that jsonmmap inspect printed');
  if (admission === 'token' && request.method === 'GET' && url.pathname === '/') {
    // The fragment stays with the browser, the token leaves its history.
    response.writeHead(303, { 'Set-Cookie': guard.cookie, Location: '/' });
    response.end();
    return;
  }
  if (!url.pathname.startsWith('/api/')) {
    if (request.method !== 'GET') throw new BadRequest(405, 'only GET is allowed here');
    if (!pages.answer(url.pathname, response)) throw new BadRequest(404, 'there is no such page');
    return;
  }
  if (request.method !== 'GET' && !guard.isOurPage(request))
    throw new BadRequest(403, 'only the page may change things');
  const where = { dir: options.dir, owner: options.owner };
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await answerApi({ url, request, response, where, signal: gone.signal }, sessions, options.write === true);
}

function urlOf({ url = '/' }: IncomingMessage): URL {
  try {
    return new URL(`http://${HOST}${url}`);
  } catch {
    throw new BadRequest(400, 'that is no address'); // a request for a proxy, for one
  }
}
