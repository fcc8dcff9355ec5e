/**
 * Writes, all or nothing: each is one edit of the document, and becomes a version, or part of one, if nothing in it fails. One at a time: what a
 * write calls back (a toJSON, a getter, a recipe, a schema) may not write itself.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { channels } from '../channels.js';
import { JsonMmapError } from '../errors.js';
import type { JsonValue } from '../format/json-value.js';
import { type Emitter, whenListenedTo } from '../listeners.js';
import type { CommitPipeline, LogPosition } from '../region/commit/contract.js';
import type { Edit, MasterDocument, Savepoint } from './document.js';
import type { MasterEvents } from './events.js';
import { UNTIMED_BITS } from './measurements.js';
import { conform } from './schema.js';
import { refusePromise } from './synchronous.js';
import { required } from './value.js';

/** What transactions work on. */
export interface TransactionParts {
  readonly name: string;
  /** The control file. */
  readonly path: string;
  readonly document: MasterDocument;
  readonly commits: CommitPipeline;
  readonly schema: StandardSchemaV1 | undefined;
  /** Is told of each version that becomes visible. */
  readonly emitter: Emitter<MasterEvents>;
}

export class Transactions {
  readonly #name: string;
  readonly #path: string;
  readonly #document: MasterDocument;
  readonly #commits: CommitPipeline;
  readonly #schema: StandardSchemaV1 | undefined;
  readonly #emitter: Emitter<MasterEvents>;
  /** Whether the document that is in the region is known to pass the schema: always, once `begin` has returned. */
  #validated = false;
  /** Transactions under way, one in the other. */
  #depth = 0;
  /** The state before the outermost of them. */
  #begun: Savepoint | undefined;
  #busy = false;
  #closed = false;
  /** The newest version that listeners know of. */
  #announced: number;
  /** Whether a listener was ever added: without one a write does not enter the emitter. */
  #isListenedTo = false;
  /** What the next write brings the document to. */
  #position: LogPosition | undefined;

  constructor({ name, path, document, commits, schema, emitter }: TransactionParts) {
    this.#name = name;
    this.#path = path;
    this.#document = document;
    this.#commits = commits;
    this.#schema = schema;
    this.#emitter = emitter;
    this.#announced = this.version;
    commits.whenPublished(() => this.#announce());
    whenListenedTo(emitter, () => {
      this.#isListenedTo = true;
    });
  }

  /** The newest version that followers see. */
  get version(): number {
    return this.#commits.publication.newest?.version ?? 0;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Publishes `first`, unless it is undefined, and makes sure that the document in the region passes the schema. Blocks until it is visible. */
  begin(first: unknown): void {
    const before = this.#document.savepoint();
    try {
      this.#document.position = first === undefined ? before.position : undefined;
      if (first !== undefined) this.#document.replace(this.jsonOf(first), before);
      this.#commit();
    } catch (error) {
      this.#restore(before);
      throw error;
    }
    this.#validated = true;
    this.#commits.settle();
    this.#announced = this.version;
  }

  /** Returns what JSON makes of `value`, which is to be written. @throws `ERR_NOT_SERIALIZABLE`, `ERR_BUSY`, `ERR_CLOSED` */
  jsonOf(value: unknown, key?: string): JsonValue {
    // What calls nothing back needs no guard, and no check before that of the write.
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return value;
    return this.during(() => required(value, key));
  }

  /** Runs `body`, during which nothing can be written, before a write. */
  during<R>(body: () => R): R {
    this.checkWritable();
    this.#busy = true;
    try {
      return body();
    } finally {
      this.#busy = false;
    }
  }

  /**
   * Does an edit, or replaces the document, and returns the version at which that is visible.
   * @param change An edit, or a document, which is no function.
   * @param isSeries Whether it makes several changes, of which one may undo another.
   */
  write(change: Edit | JsonValue, isSeries = false): number {
    this.checkWritable();
    this.#busy = true;
    const before = this.#document.savepoint();
    try {
      this.#document.position = this.#position;
      this.#position = undefined; // a listener that writes does not write what is from the log
      if (typeof change === 'function') this.#document.apply(change as Edit, before);
      else this.#document.replace(change, before);
      if (sameRoot(this.#document.root, before.root)) this.#document.position = before.position;
      if (this.#depth === 0 && isSeries) this.#commitSeries();
      else if (this.#depth === 0) this.#commit();
    } catch (error) {
      this.#restore(before);
      if (this.#depth === 0) this.#refused(error);
      throw error;
    } finally {
      this.#busy = false;
    }
    const { version } = this.#document;
    this.#announce();
    return version;
  }

  /** Runs `body`, and makes all its writes one version, or takes all of them back. @throws what `body` throws; `ERR_INVALID_ARG` for a promise */
  run<R>(body: () => R): R {
    this.checkWritable();
    const before = this.#document.savepoint();
    if (this.#depth++ === 0) this.#begun = before;
    let result: R;
    try {
      result = body();
      refusePromise(result, 'a transaction must be synchronous: await first, then write');
      this.checkOpen();
      if (this.#depth === 1) this.#commitSeries();
    } catch (error) {
      this.#restore(before);
      if (this.#depth === 1) this.#refused(error);
      throw error;
    } finally {
      if (--this.#depth === 0) this.#begun = undefined;
    }
    this.#announce();
    return result;
  }

  /** Runs `body`, whose first write brings the document to `position` of a log: the version that it makes says so. */
  at<R>(position: LogPosition, body: () => R): R {
    this.#position = position;
    try {
      return body();
    } finally {
      this.#position = undefined;
    }
  }

  /** Takes back a transaction under way; nothing can be written any more. @throws `ERR_BUSY` inside a write */
  close(): void {
    this.#checkIdle();
    if (this.#begun !== undefined) this.#restore(this.#begun); // a group would make it durable
    this.#closed = true;
  }

  /** @throws `ERR_CLOSED` */
  checkOpen(): void {
    if (this.#closed)
      throw new JsonMmapError('ERR_CLOSED', `the master of ${this.#name} is closed`, { cure: `open it again` });
  }

  /** @throws `ERR_CLOSED`, `ERR_BUSY`, and what an earlier commit has failed with */
  checkWritable(): void {
    if (this.#closed) this.checkOpen();
    if (this.#busy) this.#checkIdle();
    this.#commits.check();
  }

  #checkIdle(): void {
    if (!this.#busy) return;
    throw new JsonMmapError(
      'ERR_BUSY',
      'this was called while another write runs (from a toJSON, a getter, a recipe or a schema)',
      { cure: 'call it after that write, or use a transaction' },
    );
  }

  #commit(): void {
    if (this.#schema !== undefined && !this.#isUpToSchema(this.#schema)) this.#restore(this.#document.committedState);
    else if ((this.#announced & UNTIMED_BITS) === 0) this.#commitTimed();
    else this.#commits.commit(this.#document);
  }

  #commitTimed(): void {
    const began = performance.now();
    this.#commits.commit(this.#document);
    const durationMs = performance.now() - began;
    this.#document.measurements.published(durationMs);
    if (!channels.publishDuration.hasSubscribers) return;
    channels.publishDuration.publish({ name: this.#name, path: this.#path, durationMs });
  }

  /** After a series of changes, of which one may have undone another, there may be nothing to publish. */
  #commitSeries(): void {
    if (this.#document.differs()) this.#commit();
    else this.#restore(this.#document.committedState);
  }

  /** Makes of the document what the schema puts out for it. Whether there is anything to publish then. @throws `ERR_SCHEMA` */
  #isUpToSchema(schema: StandardSchemaV1): boolean {
    const { changed, root } = this.#document;
    if (root === undefined || (!changed && this.#validated)) return true;
    const busy = this.#busy;
    this.#busy = true; // a transaction is not busy while it commits, and a schema may call back
    try {
      return !conform(schema, this.#document, changed ? 'written' : 'standing') || this.#document.differs();
    } finally {
      this.#busy = busy;
    }
  }

  #restore(savepoint: Savepoint): void {
    if (!this.#closed) this.#document.restore(savepoint);
  }

  /** Tells listeners of a new version, once they may write themselves. */
  #announce(): void {
    const version = this.#commits.publication.newest?.version ?? 0;
    const previousVersion = this.#announced;
    if (version === previousVersion) return;
    this.#announced = version;
    if (channels.publish.hasSubscribers) channels.publish.publish({ name: this.#name, version, previousVersion });
    if (this.#isListenedTo) this.#emitter.emit('publish', { version, previousVersion });
    if (this.#document.measurements.untold !== undefined) this.#announceCompaction();
  }

  #announceCompaction(): void {
    const { measurements } = this.#document;
    const event = measurements.untold;
    if (event === undefined) return; // a listener has written, and that has told it
    measurements.untold = undefined;
    if (channels.compaction.hasSubscribers)
      channels.compaction.publish({ name: this.#name, path: this.#path, ...event });
    if (this.#isListenedTo) this.#emitter.emit('compaction', event);
  }

  /** Counts and tells a write or a whole transaction that was refused. What the program itself throws, in a transaction for instance, is its own decision. */
  #refused(error: unknown): void {
    if (!(error instanceof JsonMmapError)) return;
    this.#document.measurements.refusals++;
    if (channels.refusal.hasSubscribers) channels.refusal.publish({ name: this.#name, error });
  }
}

function sameRoot(a: Savepoint['root'], b: Savepoint['root']): boolean {
  return a?.lo === b?.lo && a?.hi === b?.hi;
}
