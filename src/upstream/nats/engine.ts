/**
 * NATS JetStream. Nobody has a consumer, of which a server carries thousands and not tens of thousands: the stream republishes what it has
 * stored, and listeners have plain subscriptions; missed entries are read by direct get, which any replica answers.
 * https://docs.nats.io/nats-concepts/jetstream/streams
 */
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
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
import { asking, conflict, notThere, unknownOutcome, upstreamError } from '../errors.js';
import { NatsBlobs } from './blobs.js';
import { connectTo, TIMEOUT_MS, watchConnection } from './connection.js';
import { hear, isConflict, isMissing, isRefusal, storedOf, unbroken } from './messages.js';
import { type Place, placeOf, streamConfig } from './place.js';

type Jetstream = typeof import('@nats-io/jetstream');
type Objects = typeof import('@nats-io/obj');
type Transport = typeof import('@nats-io/transport-node');

/** The packages of the client. */
interface Client {
  readonly transport: Transport;
  readonly jetstream: Jetstream;
  readonly objects: Objects;
}

/** What the headers of a message and its republished copy take. */
const HEADERS_BYTES = 4096;
/** Direct gets at a time. */
const READ_AHEAD = 16;
/** Objects have no limit of their own: what a reader takes has one. */
const BLOB_BYTES = 1024 * 1024 * 1024;

const PACKAGES = ['@nats-io/transport-node@3.3', '@nats-io/jetstream@3.3', '@nats-io/obj@3.3'];

/** @throws `ERR_UPSTREAM_CLIENT`, `ERR_UPSTREAM` */
export async function openNats(address: UpstreamAddress, credentials: Credentials): Promise<UpstreamEngine> {
  const [transport, jetstream, objects] = await clientOf('nats://', PACKAGES, () =>
    Promise.all([import('@nats-io/transport-node'), import('@nats-io/jetstream'), import('@nats-io/obj')]),
  );
  const connection = await connectTo(transport, address, credentials);
  try {
    const manager = await asking(`reach ${address.shown}`, () =>
      jetstream.jetstreamManager(connection, { timeout: TIMEOUT_MS, checkAPI: false }),
    );
    return new NatsEngine(address, connection, manager, { transport, jetstream, objects });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

class NatsEngine implements UpstreamEngine {
  readonly kind = 'nats';
  readonly limits: EngineLimits;
  readonly #address: UpstreamAddress;
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #client: JetStreamClient;
  readonly #packages: Client;
  readonly #blobs: NatsBlobs;
  readonly #place: Place;

  constructor(address: UpstreamAddress, connection: NatsConnection, manager: JetStreamManager, packages: Client) {
    this.#address = address;
    this.#connection = connection;
    this.#manager = manager;
    this.#client = manager.jetstream();
    this.#packages = packages;
    this.#place = placeOf(address.bucket, address.document);
    this.#blobs = new NatsBlobs(new packages.objects.Objm(this.#client), this.#place.objects);
    this.limits = { entryBytes: (connection.info?.max_payload ?? 0) - HEADERS_BYTES, blobBytes: BLOB_BYTES };
  }

  async create(): Promise<void> {
    const replicas = Number(this.#address.query.get('replicas') ?? 1);
    await this.#ask('create the stream', async () => {
      if ((await this.#whereThere(() => this.#manager.streams.info(this.#place.stream))) === undefined)
        await this.#manager.streams.add(streamConfig(this.#address.bucket, replicas));
      if ((await this.#whereThere(() => this.#manager.streams.info(this.#blobs.stream))) === undefined)
        await this.#blobs.create(replicas);
    });
  }

  async head(): Promise<StoredEntry | undefined> {
    const query = { last_by_subj: this.#place.log };
    const found = await this.#ask('ask for the newest entry', () =>
      this.#manager.streams.getMessage(this.#place.stream, query),
    );
    return found === null ? undefined : storedOf(found);
  }

  async read(from: number, limit: number, surely = false): Promise<StoredEntry[]> {
    const found = new Map<number, StoredEntry>();
    let next = from;
    while (found.size < limit) {
      const count = Math.min(READ_AHEAD, limit - found.size);
      // Each finds the next entry of the document behind its number, so that none is missed, and those of other documents are skipped.
      const read = await Promise.all(Array.from({ length: count }, (_, index) => this.#nextFrom(next + index, surely)));
      const entries = unbroken(read);
      for (const entry of entries) found.set(entry.sequence, entry);
      if (entries.length < read.length) break;
      next = Math.max(...entries.map(({ sequence }) => sequence)) + 1;
    }
    return [...found.values()].sort((a, b) => a.sequence - b.sequence).slice(0, limit);
  }

  async append(bytes: Uint8Array, { after, id }: AppendOptions): Promise<number> {
    const msgID = `${this.#address.document}:${id}`; // a stream knows them, of all its documents
    const options = { msgID, expect: { lastSubjectSequence: after }, timeout: TIMEOUT_MS };
    try {
      const { seq } = await this.#client.publish(this.#place.log, bytes, options);
      if (seq === after + 1 || (await this.#isFirst(after, seq))) return seq;
    } catch (error) {
      if (isConflict(error)) throw conflict(after, (await this.head())?.sequence);
      if (isRefusal(error)) throw upstreamError('append the entry', this.#explained(error));
      throw unknownOutcome(error);
    }
    throw conflict(after, (await this.head())?.sequence);
  }

  /**
   * Whether no entry is between `after` and `sequence`. A cluster of NATS 2.9 looks at the expected sequence when it proposes a message, so
   * it can accept two of the same moment: the second one is not part of the log, and its writer has lost.
   */
  async #isFirst(after: number, sequence: number): Promise<boolean> {
    const first = await this.#nextFrom(after + 1, true);
    return first !== undefined && first.sequence >= sequence;
  }

  async putBlob(name: string, bytes: Uint8Array): Promise<void> {
    await this.#ask('store a blob', () => this.#blobs.put(name, bytes));
  }

  async getBlob(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    return this.#ask('read a blob', () => this.#blobs.get(name, maxBytes));
  }

  async deleteBlob(name: string): Promise<void> {
    await this.#ask('delete a blob', () => this.#blobs.delete(name));
  }

  async getSnapshot(): Promise<Uint8Array | undefined> {
    const found = await this.#ask('ask for the newest snapshot', () =>
      this.#manager.streams.getMessage(this.#place.stream, { last_by_subj: this.#place.snapshot }),
    );
    return found?.data;
  }

  async setSnapshot(pointer: Uint8Array): Promise<void> {
    await this.#ask('note the newest snapshot', () => this.#replace(this.#place.snapshot, pointer));
  }

  async subscribe(listener: EngineListener): Promise<Subscription> {
    const { log, proof, live } = this.#place;
    const subscription = this.#connection.subscribe(live, {
      callback: (error, message) => {
        if (error) listener.lost(error);
        else hear(message, { log, proof }, listener);
      },
    });
    const watch = watchConnection(this.#connection, listener);
    await this.#ask('subscribe', () => this.#connection.flush()); // the server has it now
    return {
      close: async () => {
        subscription.unsubscribe();
        watch.stop();
      },
    };
  }

  async prove(isTold: boolean): Promise<number> {
    const { check, proof } = this.#place;
    const doing = 'prove that this is the newest entry';
    // A majority stores it, so the server that answers next is not on the smaller side of a partition.
    await this.#ask(doing, () => this.#replace(check, Buffer.alloc(0)));
    const sequence = (await this.head())?.sequence ?? 0;
    if (isTold) await this.#ask(doing, () => this.#replace(proof, Buffer.from(String(sequence))));
    return sequence;
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #nextFrom(sequence: number, surely: boolean): Promise<StoredEntry | undefined> {
    const query = { seq: sequence, next_by_subj: this.#place.log };
    const { direct, streams } = this.#manager;
    const found = await this.#ask('read the log', () =>
      surely ? streams.getMessage(this.#place.stream, query) : direct.getMessage(this.#place.stream, query),
    );
    return found === null ? undefined : storedOf(found);
  }

  /** Keeps nothing but the newest message of a subject. */
  #replace(subject: string, bytes: Uint8Array): Promise<unknown> {
    const headers = this.#packages.transport.headers();
    headers.set('Nats-Rollup', 'sub');
    return this.#client.publish(subject, bytes, { headers, timeout: TIMEOUT_MS });
  }

  async #whereThere<R>(call: () => Promise<R>): Promise<R | undefined> {
    try {
      return await call();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #ask<R>(doing: string, call: () => Promise<R>): Promise<R> {
    return asking(`${doing} of ${this.#address.shown}`, async () => {
      try {
        return await call();
      } catch (error) {
        throw this.#explained(error);
      }
    });
  }

  #explained(error: unknown): unknown {
    if (!isMissing(error)) return error;
    return notThere(`the bucket ${this.#address.bucket} of ${this.#address.shown}`, 'jsonmmap push creates it');
  }
}
