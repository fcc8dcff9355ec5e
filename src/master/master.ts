/** The writing side, as users have it. */
import { channels } from '../channels.js';
import { checkOptions, JsonMmapError } from '../errors.js';
import type { JsonPatch } from '../format/compare/json-patch.js';
import type { Immutable } from '../format/immutable.js';
import { type Path, tokensOf } from '../format/pointer.js';
import { keysAt, type Slot, sizeAt, slotAt, valueAtPath } from '../format/read/lookup.js';
import type { Reader } from '../format/read/reader.js';
import { deleteAt, notFound, setAt } from '../format/write/edit.js';
import { bytesOf } from '../format/write/measure.js';
import type { Writer } from '../format/write/writer.js';
import { Emitter } from '../listeners.js';
import type { LogPosition } from '../region/commit/contract.js';
import type { FileSize } from '../region/files/file-sizes.js';
import { followersOf } from '../region/followers.js';
import { RegionWriter } from '../region/writer.js';
import type { Requester, Task, WriteRequest } from '../write-requests/protocol.js';
import { DoneRequests } from '../write-requests/report.js';
import { type ControlServer, serveControl } from '../write-requests/server.js';
import { applyRequest } from './apply-request.js';
import { MasterDocument } from './document.js';
import type { MasterEvents } from './events.js';
import { applyPatch } from './json-patch.js';
import { applyMerge } from './merge.js';
import { checkMasterOptions, type MasterOptions } from './options.js';
import { followersIn, type MasterStatus, type MasterStatusOptions } from './status.js';
import { Transactions } from './transactions.js';
import { recordUpdate } from './update.js';
import { writeRoot } from './value.js';

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
  readonly #transactions: Transactions;
  /** The version that was there when this was opened. */
  readonly #openedAt: number;
  /** Takes writes of other processes. */
  readonly #requests: ControlServer | undefined;
  /** Does them somewhere else, where the document of this region comes from. */
  #forward: ((request: WriteRequest) => Promise<number>) | undefined;
  /** Does what the program around this master is asked for. */
  #doTask: ((task: Task, by: Requester) => Promise<object>) | undefined;

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
    const { schema, document, initial, control } = options;
    this.#region = RegionWriter.open(name, options);
    this.name = name;
    this.path = this.#region.path;
    try {
      this.#document = new MasterDocument(this.#region);
      const { commits } = this.#region;
      this.#transactions = new Transactions({
        name,
        path: this.path,
        document: this.#document,
        commits,
        schema,
        emitter: this,
      });
      this.#openedAt = this.version;
      this.#transactions.begin(this.#document.root === undefined ? (document ?? initial) : document);
      if (control) this.#requests = this.#serveRequests();
    } catch (error) {
      this.#region.close();
      throw error;
    }
    if (this.#region.diedPid !== undefined) this.#announceTakeover(this.#region.diedPid);
  }

  /** The number of the newest version that followers see; 0 before the first write. */
  get version(): number {
    return this.#transactions.version;
  }

  /**
   * The document, changes of a transaction under way included: plain frozen data, undefined before the first write. Unchanged parts
   * stay the same objects. The first time O(document), later O(width of what changed).
   */
  get current(): Immutable<T> {
    this.#transactions.checkOpen();
    return this.#document.current as Immutable<T>;
  }

  /** Returns the value at `path`, frozen; undefined where it does not exist. O(depth) plus the size of the value. */
  get(path: Path): unknown {
    const [reader, root] = this.#read();
    return root && valueAtPath(reader, root, path);
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
   * Replaces the document. Parts that are equal to the old document are reused, so publishing a file that was parsed again publishes the
   * difference. O(document) time, O(change) space.
   * @throws `ERR_NOT_SERIALIZABLE`, `ERR_SCHEMA`, `ERR_NO_SPACE`, `ERR_TOO_LARGE`, `ERR_BUSY`, `ERR_FENCED`, `ERR_CLOSED`: nothing has changed then. The same
   *   holds for all writes.
   */
  write(value: T): number {
    return this.#transactions.write(this.#transactions.jsonOf(value));
  }

  /**
   * Sets the value at `path`. Creates parent objects that are missing; in an array, its length or `-` append. O(depth × log width).
   * @throws `ERR_PATH_NOT_FOUND` where a parent is no container, or for an index beyond the array; `ERR_PATH_INVALID`
   */
  set(path: Path, value: unknown): number {
    const tokens = tokensOf(path);
    const json = this.#transactions.jsonOf(value, tokens.at(-1));
    if (tokens.length === 0) return this.#transactions.write(json);
    return this.#transactions.write((writer, root) => setAt(writer, root ?? emptyObject(writer), tokens, json));
  }

  /** Deletes the value at `path`, which is not the whole document. O(depth × log width). @throws `ERR_PATH_NOT_FOUND`, `ERR_PATH_INVALID` */
  delete(path: Path): number {
    const tokens = tokensOf(path);
    if (tokens.length === 0)
      throw new JsonMmapError('ERR_PATH_INVALID', 'the whole document cannot be deleted', {
        cure: 'write another one, or remove the region',
      });
    return this.#transactions.write((writer, root) => {
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
    return this.#transactions.write((writer, root) => applyPatch(writer, root, operations), true);
  }

  /** Merges `patch` into the document as RFC 7396 says: null deletes, objects merge, all else replaces. O(size of the patch × log width). */
  merge(patch: unknown): number {
    const json = this.#transactions.jsonOf(patch);
    return this.#transactions.write((writer, root) => applyMerge(writer, root, json));
  }

  /**
   * Changes the document through a draft: `recipe` may assign to it as to any object, and all its changes become one version. O(what it
   * touches), after `current` was made once.
   * @throws what `recipe` throws, and nothing has changed then; `ERR_INVALID_ARG` when it returns anything, or there is nothing to draft
   */
  update(recipe: (draft: T) => void): number {
    const edit = this.#transactions.during(() =>
      recordUpdate(this.#document.current, recipe as (draft: unknown) => unknown),
    );
    return edit === undefined ? this.#document.version : this.#transactions.write(edit, true);
  }

  /**
   * Runs `body`, and makes all its writes one version when it returns. Reads of this master in `body` give the new state, followers read the old one.
   * If it throws, nothing has changed. Transactions within it are part of it.
   * @throws what `body` throws; `ERR_INVALID_ARG` when it returns a promise
   */
  transaction<R>(body: () => R): R {
    return this.#transactions.run(body);
  }

  /**
   * Resolves when all writes so far survive power loss, with the newest version, which followers see by then. At once where each write has waited
   * for that itself; with `groupMs` it does not wait for the clock, and all calls in one turn of the event loop share one commit.
   * @throws `ERR_UNSUPPORTED` for a master without `durability: 'disk'`; `ERR_SYSTEM` where the disk fails, `ERR_FENCED`: the writes of
   *   the group are lost then, and every later write throws the same
   */
  async durable(): Promise<number> {
    this.#transactions.checkOpen();
    if (!this.#region.durable) throw notDurable(this.name);
    await this.#region.commits.flush();
    return this.version;
  }

  /** How this process maps files: by the native addon, or by the fallback over system calls. */
  get system(): 'native' | 'syscalls' {
    return this.#region.system;
  }

  /**
   * Returns what the master serves, and what it has done since it was opened. A few microseconds; with `measure` O(document), with `followers` milliseconds.
   * @throws `ERR_CLOSED`, `ERR_INVALID_ARG`
   */
  status(options: MasterStatusOptions = {}): MasterStatus {
    checkOptions(options, ['measure', 'followers']);
    this.#transactions.checkOpen();
    const { newest } = this.#region.commits.publication;
    const liveBytes = options.measure ? this.#liveBytes() : undefined;
    const usedBytes = newest?.watermark ?? 0;
    return {
      version: this.version,
      committedAt: newest?.committedAt,
      system: this.system,
      bytes: this.sizes().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      usedBytes,
      freshBytes: newest?.freshBytes ?? 0,
      liveBytes,
      garbageBytes: liveBytes === undefined ? undefined : Math.max(0, usedBytes - liveBytes),
      ...this.#report(),
      ...(options.followers ? this.#followers() : { followers: undefined, hiddenProcesses: undefined }),
    };
  }

  /** Returns the sizes of the segment files, oldest first. */
  sizes(): FileSize[] {
    this.#transactions.checkOpen();
    return this.#region.sizes();
  }

  /**
   * Gives the region up. Followers keep the last version; another process can be master at once. Blocks until the writes of a group are durable.
   * Within a transaction, what that has written is taken back. Idempotent.
   * @throws `ERR_BUSY` inside a write; the reason why a group cannot become durable, and the master is closed anyway
   */
  close(): void {
    if (this.#transactions.closed) return;
    this.#transactions.close();
    this.#requests?.close();
    try {
      this.#region.close();
    } finally {
      this.emit('close');
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Where in a log on other machines the document is from, undefined if it is from none; and the version at which it is visible.
   * @internal
   */
  get logState(): { readonly position: LogPosition | undefined; readonly version: number } {
    const { position, version } = this.#document;
    return { position, version };
  }

  /**
   * Runs `body`, whose first write brings the document to `position` of a log: they are committed together.
   * @internal
   */
  atLogPosition<R>(position: LogPosition, body: () => R): R {
    return this.#transactions.at(position, body);
  }

  /**
   * Has `forward` do what other processes ask for from now on; undefined: the master does it itself.
   * @internal
   */
  forwardRequests(forward: ((request: WriteRequest) => Promise<number>) | undefined): void {
    this.#forward = forward;
  }

  /**
   * Has `doTask` do what other processes ask the program around this master for, such as to read its files again.
   * @internal
   */
  takeTasks(doTask: (task: Task, by: Requester) => Promise<object>): void {
    this.#doTask = doTask;
  }

  #announceTakeover(previousPid: number): void {
    if (!channels.takeover.hasSubscribers) return;
    const { name, path, version } = this;
    channels.takeover.publish({ name, path, version, previousPid });
  }

  #followers() {
    const commits = this.#region.history();
    return followersIn(followersOf(this.path, process.pid, commits), commits);
  }

  #liveBytes(): number {
    const { reader, root } = this.#document;
    return root === undefined ? 0 : bytesOf(reader, root.lo, root.hi);
  }

  #report() {
    const { changeBytes, measurements } = this.#document;
    const { refusals, compactions, publishDurations, compactionDurations } = measurements;
    const publishes = this.version - this.#openedAt;
    return { publishes, changeBytes, refusals, compactions, publishDurations, compactionDurations };
  }

  #serveRequests(): ControlServer {
    const done = new DoneRequests();
    return serveControl(this.#region.paths, this.#region.mode, {
      write: (request) => this.#applyRequest(request),
      task: (task, by) => this.#task(task, by),
      report: () => ({ ...this.#report(), requests: done.newestFirst }),
      told: (event) => {
        done.add(event);
        this.emit('request', event);
      },
    });
  }

  async #task(task: Task, by: Requester): Promise<object> {
    if (this.#doTask !== undefined) return this.#doTask(task, by);
    throw new JsonMmapError(
      'ERR_UNSUPPORTED',
      `the master of ${this.name} is not jsonmmap run: it has no ${task.verb}`,
    );
  }

  /** Another process that asks for a write is answered when the version is visible: its own, or the one with which it is in conflict. */
  async #applyRequest(request: WriteRequest): Promise<number> {
    if (this.#forward !== undefined) return this.#forward(request);
    try {
      return applyRequest(this as Master, request);
    } finally {
      await this.#region.commits.flush();
    }
  }

  #read(): [Reader, Slot | undefined] {
    this.#transactions.checkOpen();
    return [this.#document.reader, this.#document.root];
  }
}

function notDurable(name: string): JsonMmapError {
  return new JsonMmapError('ERR_UNSUPPORTED', `the master of ${name} does not write durably`, {
    cure: `open it with durability: 'disk', in a directory on a disk`,
  });
}

function emptyObject(writer: Writer): Slot {
  writeRoot(writer, undefined, {});
  return { lo: writer.lo, hi: writer.hi };
}
