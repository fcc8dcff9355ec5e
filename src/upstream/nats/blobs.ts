/** What is longer than an entry: objects of the object store of a bucket. */
import type { ObjectStore, Objm } from '@nats-io/obj';
import { invalid } from '../errors.js';

export class NatsBlobs {
  readonly #objects: Objm;
  readonly #bucket: string;

  constructor(objects: Objm, bucket: string) {
    this.#objects = objects;
    this.#bucket = bucket;
  }

  /** The stream that the object store consists of. */
  get stream(): string {
    return `OBJ_${this.#bucket}`;
  }

  async create(replicas: number): Promise<void> {
    await this.#objects.create(this.#bucket, { storage: 'file' as never, replicas });
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    const store = await this.#store();
    if ((await store.info(name)) === null) await store.putBlob({ name }, bytes);
  }

  /** @throws `ERR_UPSTREAM_INVALID` for a blob that is longer than `maxBytes` */
  async get(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const store = await this.#store();
    const info = await store.info(name);
    if (info === null || info.deleted) return undefined;
    if (info.size > maxBytes) throw invalid(`blob ${name}`, `it takes ${info.size} bytes`);
    return (await store.getBlob(name)) ?? undefined;
  }

  async delete(name: string): Promise<void> {
    const store = await this.#store();
    if ((await store.info(name)) !== null) await store.delete(name);
  }

  #store(): Promise<ObjectStore> {
    return this.#objects.open(this.#bucket);
  }
}
