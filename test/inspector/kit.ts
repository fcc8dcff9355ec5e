/** A real inspector on a real socket, asked as a browser asks. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorAnswer } from '../../src/inspector/api.js';
import { type Inspector, type InspectorOptions, startInspector } from '../../src/inspector/server/inspector.js';
import { afterEachTest } from '../cleanup.js';

const cleanups: (() => void | Promise<void>)[] = [];
afterEachTest(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function cleanLater(cleanup: () => void | Promise<void>): void {
  cleanups.push(cleanup);
}

export function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'jsonmmap-inspector-'));
  cleanLater(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** An inspector, and a browser that has opened its address. */
export class Browser {
  readonly inspector: Inspector;
  readonly errors: unknown[];
  readonly base: URL;
  cookie = '';

  constructor(inspector: Inspector, errors: unknown[]) {
    this.inspector = inspector;
    this.errors = errors;
    this.base = new URL(inspector.url);
  }

  /** Sends a request with the headers that are given and no others. */
  send(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
    const { hostname, port } = this.base;
    return new Promise((resolve, reject) => {
      const asked = request({ hostname, port, path, method, headers: { host: `${hostname}:${port}`, ...headers } });
      asked.once('error', reject);
      asked.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      asked.end(body);
    });
  }

  async open(): Promise<void> {
    const { headers } = await this.send(`${this.base.pathname}${this.base.search}`);
    this.cookie = String(headers['set-cookie']).split(';')[0];
  }

  /** Returns what a route answers with. */
  async get<A>(path: string): Promise<A & Partial<ErrorAnswer> & { readonly status?: number }> {
    const { text, status } = await this.send(`/api/regions${path}`, { cookie: this.cookie });
    const answer = JSON.parse(text) as A & Partial<ErrorAnswer>;
    return status === 200 ? answer : { ...answer, status };
  }

  /** Asks for a change, as the page does. */
  async edit(name: string, body: object, headers: Record<string, string> = {}) {
    const ours = { cookie: this.cookie, origin: this.base.origin, 'content-type': 'application/json' };
    const { text, status } = await this.send(
      `/api/regions/${name}/edit`,
      { ...ours, ...headers },
      'POST',
      JSON.stringify(body),
    );
    return { status, ...(JSON.parse(text) as { version?: number } & Partial<ErrorAnswer>) };
  }

  /** Returns the lines that a route has streamed until its end. */
  async lines<L>(path: string): Promise<L[]> {
    const { text } = await this.send(`/api/regions${path}`, { cookie: this.cookie });
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as L);
  }

  /** Listens to the events of a region; each is given to `told` until `close`. */
  listen(name: string, told: (event: string, data: unknown) => void): { close(): void } {
    const { hostname, port } = this.base;
    const path = `/api/regions/${name}/events`;
    const asked = request({ hostname, port, path, headers: { host: `${hostname}:${port}`, cookie: this.cookie } });
    asked.on('error', () => {}); // the test ends it
    asked.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', () => {});
      response.on('data', (chunk: string) => {
        const messages = (text + chunk).split('\n\n');
        text = messages.pop() ?? '';
        for (const message of messages) {
          const [, event, data] = /^event: (\w+)\ndata: (.*)$/s.exec(message) ?? [];
          told(event, JSON.parse(data));
        }
      });
    });
    asked.end();
    cleanLater(() => void asked.destroy());
    return { close: () => void asked.destroy() };
  }
}

/** Starts an inspector over a directory, with a page of one line, and opens it. */
export async function inspect(dir: string, options: Partial<InspectorOptions> = {}): Promise<Browser> {
  const page = join(directory(), 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html>the page');
  writeFileSync(join(page, 'assets', 'page.js'), 'export {}');
  const errors: unknown[] = [];
  const inspector = await startInspector({ dir, page, onError: (error) => errors.push(error), ...options });
  cleanLater(() => inspector.close());
  const browser = new Browser(inspector, errors);
  await browser.open();
  return browser;
}
