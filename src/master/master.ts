/** The one process that may write a region. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { JsonMmapError } from '../errors.js';
import type { JsonPatch } from '../format/compare/diff.js';
import type { Immutable } from '../format/immutable.js';
import { type Path, tokensOf } from '../format/pointer.js';
import { keysAt, type Slot, sizeAt, slotAt, valueAt } from '../format/read/lookup.js';
import type { Reader } from '../format/read/reader.js';
import { deleteAt, notFound, setAt } from '../format/write/edit.js';
import type { Writer } from '../format/write/writer.js';
import { Emitter } from '../listeners.js';
import type { FileSize } from '../region/files/file-sizes.js';
import { RegionWriter } from '../region/writer.js';
import type { RequestEvent, WriteRequest } from '../write-requests/protocol.js';
import { type ControlServer, serveControl } from '../write-requests/server.js';
import { applyRequest } from './apply-request.js';
import { type Edit, MasterDocument, type Savepoint } from './document.js';
import { Group } from './group.js';
import { applyPatch } from './json-patch.js';
import { applyMerge } from './merge.js';
import { checkMasterOptions, type MasterOptions } from './options.js';
import { applyEdits } from './plain-edits.js';
import { type Subject, validate, validateOutput } from './schema.js';
import { refusePromise } from './synchronous.js';
import { recordUpdate } from './update.js';
import { required, writeRoot } from './value.js';

/**
 * Owns a region: every write becomes a version that all followers see when the call returns. Writes are synchronous, all or nothing, and
 * return the number of the version at which their effect is visible; a write that changes nothing publishes nothing.
 *
 * @example
 * const master = Master.open('app-config', { initial: { flags: {} } });
 * master.set('/flags/beta', true);
 */
export class Master<T = unknown> extends Emitter<MasterEvents> {
  readonly name: string;
  /** The control file. */
  readonly path: string;
  readonly #region: RegionWriter;
  readonly #document: MasterDocument;
  readonly #schema: StandardSchemaV1<unknown, T> | undefined;
  /** Whether the document that stands is known to pass the schema: always, once this is open. */
  #validated = false;
  /** Transactions under way, one in the other. */
  #depth = 0;
  /** The state before the outermost of them. */
  #begun: Savepoint | undefined;
  #busy = false;
  #closed = false;
  #control: ControlServer | undefined;
  /** Where writes share their syncs. */
  #group: Group | undefined;
  /** The newest version that listeners know of. */
  #announced: number;

  /**
   * Makes this process the master of region `name`, created if it is missing. What an earlier master published stays, and its version goes
   * on; `initial` is used only where there is no document yet, `document` in any case. Blocks for as long as `wait` allows.
   * @throws `ERR_REGION_LOCKED` with the `pid` of the living master, `ERR_TIMEOUT` when it did not go in time; `ERR_SCHEMA` for a document that does not pass,
   *   the one in the region included;
   *   `ERR_INVALID_NAME`, `ERR_INVALID_ARG`, `ERR_DIRECTORY`, `ERR_REGION_DENIED`, `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_NO_SPACE`
   */
  static open<T = unknown>(name: string, options: MasterOptions<T> = {}): Master<T> {
    return new Master(name, options);
  }

  private constructor(name: string, options: MasterOptions<T>) {
    super();
    checkMasterOptions(options);
    this.#schema = options.schema;
    this.#region = RegionWriter.open(name, options);
    this.name = name;
    this.path = this.#region.path;
    this.#announced = this.version;
    try {
      this.#document = new MasterDocument(this.#region);
      this.#begin(options);
      this.#region.settle();
      this.#announced = this.version;
      if (options.groupMs !== undefined) this.#group = this.#newGroup(options.groupMs);
      if (options.control)
        this.#control = serveControl(this.#region.paths, this.#region.mode, {
          write: (asked) => this.#applyRequest(asked),
          told: (event) => void this.emit('request', event),
        });
    } catch (error) {
      this.#region.close();
      throw error;
    }
  }

  /** The number of the newest version that followers see; 0 before the first write. */
  get version(): number {
    return this.#region.published?.version ?? 0;
  }

  /**
   * The document, changes of a transaction under way included: plain frozen data, undefined before the first write. Unchanged parts
   * stay the same objects. The first time O(document), later O(width of what changed).
   */
  get current(): Immutable<T> {
    this.#checkOpen();
    return this.#document.current as Immutable<T>;
  }

  /** Returns the value at `path`, frozen; undefined where it does not exist. O(depth) plus the size of the value. */
  get(path: Path): unknown {
    const [reader, root] = this.#read();
    return root && valueAt(reader, root, tokensOf(path));
  }

  /** Whether `path` exists. O(depth). */
  has(path: Path): boolean {
    const [reader, root] = this.#read();
    return root !== undefined && slotAt(reader, root, tokensOf(path)) !== undefined;
  }

  /** Returns the keys of the object, or the indexes of the array, at `path`; none where neither is. */
  keys(path: Path = ''): string[] {
    const [reader, root] = this.#read();
    return root === undefined ? [] : keysAt(reader, root, tokensOf(path));
  }

  /** Returns the number of entries or elements at `path`; 0 where no container is. */
  size(path: Path = ''): number {
    const [reader, root] = this.#read();
    return root === undefined ? 0 : sizeAt(reader, root, tokensOf(path));
  }

  /**
   * Replaces the document. Parts that are equal to what stands there are reused, so publishing what was parsed from a file again publishes
   * the difference. O(document) time, O(change) space.
   * @throws `ERR_NOT_SERIALIZABLE`, `ERR_SCHEMA`, `ERR_NO_SPACE`, `ERR_TOO_LARGE`, `ERR_BUSY`, `ERR_FENCED`, `ERR_CLOSED`: nothing has changed then. The same
   *   holds for all writes.
   */
  write(value: T): number {
    return this.#write(() => this.#document.replace(required(value)));
  }

  /**
   * Sets the value at `path`. Creates parent objects that are missing; in an array, its length or `-` append. O(depth × log width).
   * @throws `ERR_PATH_NOT_FOUND` where a parent is no container, or for an index beyond the array; `ERR_PATH_INVALID`
   */
  set(path: Path, value: unknown): number {
    const tokens = tokensOf(path);
    return this.#write(() => {
      const json = required(value, tokens.at(-1));
      if (tokens.length === 0) this.#document.replace(json);
      else this.#document.apply((writer, root) => setAt(writer, root ?? emptyObject(writer), tokens, json));
    });
  }

  /** Deletes the value at `path`, which is not the whole document. O(depth × log width). @throws `ERR_PATH_NOT_FOUND`, `ERR_PATH_INVALID` */
  delete(path: Path): number {
    const tokens = tokensOf(path);
    if (tokens.length === 0)
      throw new JsonMmapError(
        'ERR_PATH_INVALID',
        'the whole document cannot be deleted: write another one, or remove the region',
      );
    return this.#edit((writer, root) => {
      if (root === undefined) throw notFound(tokens);
      deleteAt(writer, root, tokens);
    });
  }

  /**
   * Applies a patch of RFC 6902, all of it or nothing. O(operations × depth × log width), and what `copy` copies: at most 64 MiB and four times what
   * the document takes.
   * @throws `ERR_PATCH_INVALID`, `ERR_PATCH_TEST_FAILED`, `ERR_PATH_NOT_FOUND`, `ERR_TOO_LARGE`, each naming the operation
   */
  patch(operations: JsonPatch): number {
    return this.#edit(
      (writer, root) => applyPatch(writer, root, operations),
      () => this.#commitSeries(),
    );
  }

  /** Merges `patch` into the document as RFC 7396 says: null deletes, objects merge, all else replaces. O(size of the patch × log width). */
  merge(patch: unknown): number {
    return this.#edit((writer, root) => applyMerge(writer, root, required(patch)));
  }

  /**
   * Changes the document through a draft: `recipe` may assign to it as to any object, and what it did becomes one version. O(what it
   * touches), after `current` was made once.
   * @throws what `recipe` throws, and nothing has changed then; `ERR_INVALID_ARG` when it returns anything, or there is nothing to draft
   */
  update(recipe: (draft: T) => void): number {
    const record = () => {
      const edit = recordUpdate(this.current, recipe as (draft: unknown) => unknown);
      if (edit !== undefined) this.#document.apply(edit);
    };
    return this.#write(record, () => this.#commitSeries());
  }

  /**
   * Runs `body`, and makes all its writes one version when it returns. What it reads here is the new state, what followers read the old one.
   * If it throws, nothing has changed. Transactions within it are part of it.
   * @throws what `body` throws; `ERR_INVALID_ARG` when it returns a promise
   */
  transaction<R>(body: () => R): R {
    this.#checkWritable();
    const before = this.#document.savepoint();
    if (this.#depth++ === 0) this.#begun = before;
    let result: R;
    try {
      result = body();
      refusePromise(result, 'a transaction must be synchronous: await first, then write');
      this.#checkOpen();
      if (this.#depth === 1) this.#commitSeries();
    } catch (error) {
      this.#restore(before);
      throw error;
    } finally {
      if (--this.#depth === 0) this.#begun = undefined;
    }
    this.#announce();
    return result;
  }

  /**
   * Resolves when all writes so far survive power loss, with the newest version, which followers see by then. At once where each write has waited
   * for that itself; with `groupMs` it does not wait for the clock, and whoever asks in the same turn of the event loop shares one sync.
   * @throws `ERR_UNSUPPORTED` for a master without `durability: 'disk'`; `ERR_SYSTEM` where the disk fails, `ERR_FENCED`: the writes of
   *   the group are lost then, and every later write throws the same
   */
  async durable(): Promise<number> {
    this.#checkOpen();
    if (!this.#region.durable) throw notDurable(this.name);
    await this.#group?.durable();
    return this.version;
  }

  /** How this process maps files: by the native addon, or by the fallback over system calls. */
  get system(): 'native' | 'syscalls' {
    return this.#region.system;
  }

  /** Returns the sizes of the segment files, oldest first. */
  sizes(): FileSize[] {
    this.#checkOpen();
    return this.#region.sizes();
  }

  /**
   * Gives the region up. Followers keep the last version; another process can be master at once. Blocks until the writes of a group are durable.
   * Within a transaction, what that has written is taken back. Idempotent.
   * @throws `ERR_BUSY` inside a write; what keeps a group from becoming durable, and the master is closed all the same
   */
  close(): void {
    if (this.#closed) return;
    this.#checkIdle();
    if (this.#begun !== undefined) this.#restore(this.#begun); // a group would make it durable
    this.#closed = true;
    this.#control?.close();
    try {
      this.#group?.close();
    } finally {
      this.#region.close();
      this.emit('close');
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** What is in the region when this master begins, passes the schema. */
  #begin({ document, initial }: MasterOptions<T>): void {
    const first = this.#document.root === undefined ? (document ?? initial) : document;
    this.#write(() => first === undefined || this.#document.replace(required(first)));
    this.#validated = true;
  }

  #edit(edit: Edit, commit?: () => void): number {
    return this.#write(() => this.#document.apply(edit), commit);
  }

  /** Runs `act`, which edits the document, and commits outside of a transaction; all or nothing. */
  #write(act: () => unknown, commit = () => this.#commit()): number {
    this.#checkWritable();
    this.#busy = true;
    const before = this.#document.savepoint();
    try {
      act();
      if (this.#depth === 0) commit();
    } catch (error) {
      this.#restore(before);
      throw error;
    } finally {
      this.#busy = false;
    }
    const version = this.#pendingVersion();
    this.#announce();
    return version;
  }

  /** The version at which everything done so far is visible: the next one within a transaction that has changed something. */
  #pendingVersion(): number {
    const sealed = this.#region.commit?.version ?? 0;
    return this.#document.changed ? sealed + 1 : sealed;
  }

  /** After several edits, of which one may have undone what the other did. */
  #commitSeries(): void {
    if (this.#document.differs()) this.#commit();
    else this.#restore(this.#document.committedState);
  }

  #commit(): void {
    if (!this.#document.changed && this.#validated) return;
    const busy = this.#busy;
    this.#busy = true;
    try {
      if (this.#conform(this.#document.changed ? 'written' : 'standing') && !this.#document.differs())
        this.#restore(this.#document.committedState);
      else if (this.#group === undefined) this.#document.commit();
      else this.#group.join();
    } finally {
      this.#busy = busy;
    }
  }

  /** Makes of the document what the schema puts out for it; whether that is another. */
  #conform(subject: Subject): boolean {
    if (this.#schema === undefined || this.#document.root === undefined) return false;
    const edits = validate(this.#schema, this.current, subject);
    if (edits.length === 0) return false;
    this.#document.apply((writer, root) => applyEdits(writer, root, edits));
    validateOutput(this.#schema, this.current);
    return true;
  }

  #newGroup(groupMs: number): Group {
    const steps = {
      seal: () => void this.#document.commit(),
      settled: () => this.#region.settled,
      settle: () => this.#region.settle(),
      published: () => this.#announce(),
    };
    return new Group(steps, groupMs);
  }

  /** Who asks from another process is answered when the version is there. */
  #applyRequest(request: WriteRequest): number | Promise<number> {
    const version = applyRequest(this as Master, request);
    return this.#group === undefined ? version : this.#group.durable().then(() => version);
  }

  #restore(savepoint: Savepoint): void {
    if (!this.#closed) this.#document.restore(savepoint);
  }

  /** Tells listeners of a new version once it stands and they may write themselves. */
  #announce(): void {
    const [version, previousVersion] = [this.version, this.#announced];
    if (version === previousVersion) return;
    this.#announced = version;
    this.emit('publish', { version, previousVersion });
  }

  #read(): [Reader, Slot | undefined] {
    this.#checkOpen();
    return [this.#document.reader, this.#document.root];
  }

  #checkOpen(): void {
    if (this.#closed) throw new JsonMmapError('ERR_CLOSED', `the master of ${this.name} is closed: open it again`);
  }

  #checkWritable(): void {
    this.#checkOpen();
    this.#checkIdle();
    this.#region.checkDisk();
    this.#group?.check();
  }

  #checkIdle(): void {
    if (!this.#busy) return;
    throw new JsonMmapError(
      'ERR_BUSY',
      'this was called while another write runs (from a toJSON, a getter, a recipe or a schema): call it after that write, or use a transaction',
    );
  }
}

/** What a master emits. */
export interface MasterEvents {
  /** A version was published by this master. */
  publish: [{ version: number; previousVersion: number }];
  /** Another process has asked for a write, which is done now or was refused. */
  request: [RequestEvent];
  close: [];
}

function notDurable(name: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_UNSUPPORTED',
    `the master of ${name} does not write durably: open it with durability: 'disk', in a directory on a disk`,
  );
}

function emptyObject(writer: Writer): Slot {
  writeRoot(writer, undefined, {});
  return { lo: writer.lo, hi: writer.hi };
}
