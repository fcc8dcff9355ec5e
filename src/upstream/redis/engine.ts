/**
 * Redis and Valkey Streams. The ids of entries are `<revision>-0`, numbered without a gap; listeners wait in XREAD; blobs are keys. One
 * server orders the writes: its answer is the proof that an entry is the newest. https://redis.io/docs/latest/develop/data-types/streams/
 */
import type { UpstreamAddress } from '../address.js';
import { clientOf } from '../clients.js';
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
import { connectTo, isAnswer, type RedisConnection } from './connection.js';
import { sequenceOf, storedIn } from './replies.js';

/** How long XREAD waits for an entry; its end without one is a proof that there is none. */
const WAIT_MS = 2000;
/** Entries of a document that stay, about. */
const ENTRIES_KEPT = 10_000;
/** A server takes 512 MB for a value unless told otherwise; entries of that size would be read with each range. */
const ENTRY_BYTES = 1024 * 1024;
const BULK_BYTES = 512 * 1024 * 1024;

/**
 * Appends where the last entry is the expected one; else says which it is. A script is atomic, and an explicit id alone would restart a log
 * that was lost.
 */
const APPEND = `
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local sequence = 0
if last[1] then sequence = tonumber(string.match(last[1][1], '^%d+')) end
if sequence ~= tonumber(ARGV[1]) then
  if last[1] and last[1][2][2] == ARGV[2] then return {1, sequence} end
  return {0, sequence}
end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], string.format('%.0f', sequence + 1) .. '-0', 'entry', ARGV[2])
return {1, sequence + 1}`;

/** @throws `ERR_UPSTREAM_CLIENT`, `ERR_UPSTREAM` */
export async function openRedis(address: UpstreamAddress, credentials: Credentials): Promise<UpstreamEngine> {
  const packages = await clientOf('redis://', ['@redis/client'], () => import('@redis/client'));
  const connection = await connectTo(packages, address, credentials);
  return new RedisEngine(address, connection, await bulkBytes(connection));
}

class RedisEngine implements UpstreamEngine {
  readonly kind = 'redis';
  readonly limits: EngineLimits;
  readonly #address: UpstreamAddress;
  readonly #connection: RedisConnection;
  /** The braces keep all keys of a document on one node of a cluster. */
  readonly #prefix: string;

  constructor(address: UpstreamAddress, connection: RedisConnection, bulk: number) {
    this.#address = address;
    this.#connection = connection;
    this.#prefix = `jsonmmap:{${address.bucket}/${address.document}}`;
    this.limits = { entryBytes: Math.min(ENTRY_BYTES, bulk), blobBytes: bulk };
  }

  async create(): Promise<void> {
    // A key is there when it is written.
  }

  async head(): Promise<StoredEntry | undefined> {
    const reply = await this.#ask('ask for the newest entry', 'XREVRANGE', this.#key('log'), '+', '-', 'COUNT', '1');
    return storedIn(reply)[0];
  }

  async read(from: number, limit: number): Promise<StoredEntry[]> {
    const range = [this.#key('log'), `${from}-0`, '+', 'COUNT', String(limit)];
    return storedIn(await this.#ask('read the log', 'XRANGE', ...range));
  }

  async append(bytes: Uint8Array, { after }: AppendOptions): Promise<number> {
    const words = ['EVAL', APPEND, '1', this.#key('log'), String(after), Buffer.from(bytes), String(ENTRIES_KEPT)];
    const reply = await this.#connection.send(words).catch((error) => {
      throw isAnswer(error) ? upstreamError('append the entry', error) : unknownOutcome(error);
    });
    const [appended, sequence] = Array.isArray(reply) ? reply.map(Number) : [];
    if (appended !== 1) throw conflict(after, sequence);
    return sequence;
  }

  async putBlob(name: string, bytes: Uint8Array): Promise<void> {
    await this.#ask('store a blob', 'SET', this.#key(`blob:${name}`), Buffer.from(bytes), 'NX');
  }

  async getBlob(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const key = this.#key(`blob:${name}`);
    const length = Number(await this.#ask('read a blob', 'STRLEN', key));
    if (length > maxBytes) throw invalid(`blob ${name}`, `it takes ${length} bytes`);
    const reply = await this.#ask('read a blob', 'GET', key);
    return Buffer.isBuffer(reply) ? reply : undefined;
  }

  async deleteBlob(name: string): Promise<void> {
    await this.#ask('delete a blob', 'UNLINK', this.#key(`blob:${name}`));
  }

  async getSnapshot(): Promise<Uint8Array | undefined> {
    const reply = await this.#ask('ask for the newest snapshot', 'GET', this.#key('snapshot'));
    return Buffer.isBuffer(reply) ? reply : undefined;
  }

  async setSnapshot(pointer: Uint8Array): Promise<void> {
    await this.#ask('note the newest snapshot', 'SET', this.#key('snapshot'), Buffer.from(pointer));
  }

  async subscribe(listener: EngineListener): Promise<Subscription> {
    const from = (await this.head())?.sequence ?? 0;
    const waiting = await asking('subscribe', () => this.#connection.another());
    let stopped = false;
    const follow = this.#follow(waiting, from, listener, () => stopped).catch((error) => {
      if (!stopped) listener.lost(error as Error);
    });
    return {
      close: async () => {
        stopped = true;
        waiting.destroy();
        await follow;
      },
    };
  }

  /** Here, the one server is the proof, and listeners ask it themselves. */
  async prove(): Promise<number> {
    return (await this.head())?.sequence ?? 0;
  }

  async close(): Promise<void> {
    this.#connection.destroy();
  }

  async #follow(
    waiting: RedisConnection,
    from: number,
    listener: EngineListener,
    hasStopped: () => boolean,
  ): Promise<void> {
    let last = from;
    while (!hasStopped()) {
      const words = ['XREAD', 'BLOCK', String(WAIT_MS), 'STREAMS', this.#key('log'), `${last}-0`];
      const reply = await waiting.send(words);
      const entries = Array.isArray(reply) ? storedIn((reply[0] as unknown[])[1]) : [];
      for (const entry of entries) listener.entry(entry);
      last = entries.at(-1)?.sequence ?? last;
      if (entries.length > 0) continue;
      // A log that was wiped has nothing behind our place, and says so forever: look where it ends.
      const head = sequenceOf(await waiting.send(['XREVRANGE', this.#key('log'), '+', '-', 'COUNT', '1']));
      listener.proof(head);
      if (head < last) last = head;
    }
  }

  #key(word: string): string {
    return `${this.#prefix}:${word}`;
  }

  #ask(doing: string, ...words: (string | Buffer)[]): Promise<unknown> {
    return asking(`${doing} of ${this.#address.shown}`, () => this.#connection.send(words));
  }
}

/** What a value may take; a server that does not tell has not changed it. */
async function bulkBytes(connection: RedisConnection): Promise<number> {
  try {
    const reply = await connection.send(['CONFIG', 'GET', 'proto-max-bulk-len']);
    return Number(String(Array.isArray(reply) ? reply[1] : '')) || BULK_BYTES;
  } catch (error) {
    if (isAnswer(error)) return BULK_BYTES; // no permission to ask
    throw upstreamError('ask for the limits of the server', error);
  }
}
