/**
 * HTTP with ETags: object stores, web servers that take PUT, and for readers any static directory or CDN. Below the URL are
 *
 *   head.json        the names of the entries; changes with each entry. Written with If-Match, so that one of two writers wins;
 *                    readers poll it with If-None-Match
 *   log/<revision>-<first digits of the id>     entries, written before the head names them, never changed
 *   blob/<name>      never changed
 *   snapshot.json    the pointer to the newest snapshot
 */
import type { UpstreamAddress } from '../address.js';
import type {
  AppendOptions,
  EngineLimits,
  EngineListener,
  StoredEntry,
  Subscription,
  UpstreamEngine,
} from '../contract.js';
import type { Credentials } from '../credentials.js';
import { asking, conflict, invalid, unknownOutcome, upstreamError } from '../errors.js';
import { decodeHead, EMPTY, encodeHead, type HeadFile, nameOf, sequenceIn, withEntry } from './head.js';
import { type Answer, type Asked, type HttpClient, httpClient } from './request.js';

/** Options of the URL: `?poll=500` asks every half second, about. */
const POLL_MS = 5000;
const POLL_MIN_MS = 10;
/** Web servers say no limit before it is crossed: entries stay small, so that a cache keeps them. */
const ENTRY_BYTES = 1024 * 1024;
const BLOB_BYTES = 256 * 1024 * 1024;
const READ_AHEAD = 8;
/** No cache on the way answers by itself. */
const ASK_ORIGIN = { 'cache-control': 'no-cache' } as const;

/** @throws `ERR_INVALID_ARG` */
export function openHttp(address: UpstreamAddress, credentials: Credentials): UpstreamEngine {
  const { tls, servers, bucket, document } = address;
  const base = `${tls ? 'https' : 'http'}://${servers[0]}/${bucket === '' ? '' : `${bucket}/`}${document}/`;
  return new HttpEngine(address, httpClient(base, credentials));
}

interface KnownHead {
  readonly head: HeadFile;
  /** Undefined where there is no file yet. */
  readonly etag: string | undefined;
  readonly bytes: Uint8Array | undefined;
}

class HttpEngine implements UpstreamEngine {
  readonly kind = 'http';
  readonly limits: EngineLimits = { entryBytes: ENTRY_BYTES, blobBytes: BLOB_BYTES };
  readonly #address: UpstreamAddress;
  readonly #client: HttpClient;
  #known: KnownHead | undefined;
  #takesConditions = false;

  constructor(address: UpstreamAddress, client: HttpClient) {
    this.#address = address;
    this.#client = client;
  }

  async create(): Promise<void> {
    // A file is there when it is written.
  }

  async head(): Promise<StoredEntry | undefined> {
    const { head } = await this.#look();
    const name = head.names.at(-1);
    return name === undefined ? undefined : this.#entry(name);
  }

  async read(from: number, limit: number): Promise<StoredEntry[]> {
    const { head } = await this.#look();
    const names = head.names.filter((name) => sequenceIn(name) >= from).slice(0, limit);
    const entries: StoredEntry[] = [];
    while (entries.length < names.length) {
      const some = names.slice(entries.length, entries.length + READ_AHEAD);
      entries.push(...(await Promise.all(some.map((name) => this.#entry(name)))));
    }
    return entries;
  }

  async append(bytes: Uint8Array, { after, id }: AppendOptions): Promise<number> {
    const known = await this.#look();
    const { head } = known;
    const name = nameOf(after + 1, id);
    if (head.sequence === after + 1 && head.names.at(-1) === name) return head.sequence;
    if (head.sequence !== after) throw conflict(after, head.sequence);
    await this.#checkConditions(known);
    await this.#put(`log/${name}`, bytes);
    await this.#move(known, withEntry(head, name), after);
    return after + 1;
  }

  async putBlob(name: string, bytes: Uint8Array): Promise<void> {
    await this.#put(`blob/${name}`, bytes);
  }

  getBlob(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    return this.#get(`blob/${name}`, maxBytes);
  }

  async deleteBlob(name: string): Promise<void> {
    await this.#ask(`blob/${name}`, [200, 202, 204, 404], { method: 'DELETE' });
  }

  getSnapshot(): Promise<Uint8Array | undefined> {
    return this.#get('snapshot.json', undefined, ASK_ORIGIN);
  }

  async setSnapshot(pointer: Uint8Array): Promise<void> {
    await this.#put('snapshot.json', pointer);
  }

  async subscribe(listener: EngineListener): Promise<Subscription> {
    const everyMs = Math.max(POLL_MIN_MS, Number(this.#address.query.get('poll') ?? POLL_MS) || POLL_MS);
    let { sequence } = (await this.#look()).head;
    let timer: NodeJS.Timeout;
    let stopped = false;
    const poll = async (): Promise<void> => {
      try {
        const { head } = await this.#look();
        if (stopped) return;
        if (head.sequence === sequence) listener.proof(sequence);
        else listener.wake();
        sequence = head.sequence;
        later();
      } catch (error) {
        if (!stopped) listener.lost(error as Error);
      }
    };
    const later = (): void => {
      timer = setTimeout(poll, everyMs * (0.5 + Math.random()));
    };
    later();
    return {
      close: async () => {
        stopped = true;
        clearTimeout(timer);
      },
    };
  }

  /** Here, the one server is the proof, and listeners ask it themselves. */
  async prove(): Promise<number> {
    return (await this.#look()).head.sequence;
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  /** Returns the head as the server has it now; what has not changed costs a request without a body. */
  async #look(): Promise<KnownHead> {
    const tag = this.#known?.etag === undefined ? {} : { 'if-none-match': this.#known.etag };
    const { status, etag, body } = await this.#ask('head.json', [200, 304, 404, 410], {
      headers: { ...ASK_ORIGIN, ...tag },
    });
    if (status === 304 && this.#known !== undefined) return this.#known;
    if (status === 200) this.#known = { head: decodeHead(body), etag, bytes: body };
    else this.#known = { head: EMPTY, etag: undefined, bytes: undefined };
    return this.#known;
  }

  /** Replaces the head that is known, if it is still there. */
  async #move(known: KnownHead, head: HeadFile, after: number): Promise<void> {
    const answer = await this.#client
      .ask('head.json', { method: 'PUT', body: encodeHead(head), headers: conditionOf(known) })
      .catch((error) => {
        throw unknownOutcome(error);
      });
    if (answer.status === 412 || answer.status === 409) throw conflict(after, (await this.#look()).head.sequence);
    if (!isDone(answer)) throw this.#refused('head.json', 'PUT', answer);
  }

  /** A server that ignores conditions lets two writers overwrite each other: what cannot match must be refused. Once for each connection. */
  async #checkConditions({ bytes }: KnownHead): Promise<void> {
    if (this.#takesConditions) return;
    const body = bytes ?? encodeHead(EMPTY);
    const headers = { 'if-match': '"jsonmmap-no-such-tag"' };
    const { status } = await this.#ask('head.json', [200, 201, 204, 404, 412], { method: 'PUT', body, headers });
    if (status !== 412 && status !== 404)
      throw upstreamError(
        `write to ${this.#address.shown}`,
        new Error('its server ignores If-Match, so writers would overwrite each other'),
      );
    this.#takesConditions = true;
  }

  async #entry(name: string): Promise<StoredEntry> {
    const bytes = await this.#get(`log/${name}`, ENTRY_BYTES);
    if (bytes === undefined) throw invalid(`log/${name}`, 'the head names it, and it is not there');
    return { sequence: sequenceIn(name), bytes };
  }

  async #get(path: string, maxBytes?: number, headers = {}): Promise<Uint8Array | undefined> {
    const limit = maxBytes === undefined ? {} : { maxBytes };
    const { status, body } = await this.#ask(path, [200, 404, 410], { headers, ...limit });
    return status === 200 ? body : undefined;
  }

  async #put(path: string, body: Uint8Array): Promise<void> {
    await this.#ask(path, [200, 201, 202, 204], { method: 'PUT', body });
  }

  async #ask(path: string, expected: readonly number[], asked: Asked): Promise<Answer> {
    const { method = 'GET' } = asked;
    const answer = await asking(`${method} ${path} of ${this.#address.shown}`, () => this.#client.ask(path, asked));
    if (!expected.includes(answer.status)) throw this.#refused(path, method, answer);
    return answer;
  }

  #refused(path: string, method: string, { status }: Answer): Error {
    const cure = method === 'PUT' && [403, 404, 405, 501].includes(status) ? ': it takes no writes' : '';
    return upstreamError(
      `${method} ${path} of ${this.#address.shown}`,
      new Error(`the server answers ${status}${cure}`),
    );
  }
}

function conditionOf({ etag, bytes }: KnownHead): Record<string, string> {
  if (bytes === undefined) return { 'if-none-match': '*' };
  return { 'if-match': etag ?? '"jsonmmap-no-such-tag"' };
}

function isDone({ status }: Answer): boolean {
  return status === 200 || status === 201 || status === 204;
}
