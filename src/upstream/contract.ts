/**
 * What the library wants from an engine that carries the log of a document between machines: NATS, Redis, HTTP. An engine moves bytes and numbers
 * them; what an entry says, whether it is genuine and what it does to a document is the same for all of them (`log/`). One suite,
 * `test/conformance/upstream.test.ts`, holds every engine to this.
 *
 * **Nothing that an engine returns is trusted**: callers check size, form and hash of it. An engine checks only what it needs itself.
 */

/** An entry as the engine has it. */
export interface StoredEntry {
  /** The revision: numbers grow from entry to entry of a document, and may leave some out. At least 1. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface EngineLimits {
  /** What an entry may take, as the servers say. Longer ones go as a blob, and a pointer to it. */
  readonly entryBytes: number;
  readonly blobBytes: number;
}

export interface EngineListener {
  /** An entry that somebody appended, at best effort: it may be missed, late or told twice. */
  entry(stored: StoredEntry): void;
  /** The servers have said, just now, that no entry is newer than `sequence`. */
  proof(sequence: number): void;
  /** Something may have happened: look at the head. */
  wake(): void;
  /** The engine does not hear its servers any more: whatever it tries by itself, what was told meanwhile is missed. */
  lost(error: Error): void;
}

export interface Subscription {
  close(): Promise<void>;
}

export interface AppendOptions {
  /** Sequence of the newest entry that the writer knows of, 0 for an empty log: appended only if it still is the newest. */
  readonly after: number;
  /** Of the entry: a second append of the same one is no second entry. */
  readonly id: string;
}

/** A connection to the place of one document. All calls fail with `ERR_UPSTREAM` where the servers cannot be reached or refuse. */
export interface UpstreamEngine {
  readonly kind: 'nats' | 'redis' | 'http';
  readonly limits: EngineLimits;

  /** Makes the place of the document if it is missing. Never changes what is there. */
  create(): Promise<void>;

  /**
   * Returns the newest entry, undefined in an empty log, as the server says that orders the writes, and no other replica. That is no proof:
   * a server that was cut off may not know yet that another one orders them.
   */
  head(): Promise<StoredEntry | undefined>;

  /**
   * Returns entries from `from` on, oldest first, at most `limit`; none where there are none yet. Where the log does not reach back so far,
   * it begins with the oldest that is there. A replica may answer: the newest may be missing, and even others, for replicas are not always
   * alike. With `surely`, the server that orders the writes answers, which cannot do that for many hosts.
   */
  read(from: number, limit: number, surely?: boolean): Promise<StoredEntry[]>;

  /**
   * Appends an entry, and returns its sequence.
   * @throws `ERR_UPSTREAM_CONFLICT` where another entry is newer than `after`; `ERR_UNANSWERED` where it may have been appended or not
   */
  append(bytes: Uint8Array, options: AppendOptions): Promise<number>;

  /** Stores a blob. A name is used once; storing the same bytes again does nothing. */
  putBlob(name: string, bytes: Uint8Array): Promise<void>;

  /** Returns a blob, undefined where there is none. @throws `ERR_UPSTREAM_INVALID` for one that is longer than `maxBytes` */
  getBlob(name: string, maxBytes: number): Promise<Uint8Array | undefined>;

  deleteBlob(name: string): Promise<void>;

  /** Returns what `setSnapshot` was last given. */
  getSnapshot(): Promise<Uint8Array | undefined>;

  /** Replaces the pointer to the newest snapshot. The last one wins: snapshots are derived, any of them will do. */
  setSnapshot(pointer: Uint8Array): Promise<void>;

  /** Returns when the listener is told of all that is appended from now on. */
  subscribe(listener: EngineListener): Promise<Subscription>;

  /**
   * Returns the sequence of the newest entry, 0 for none, as a majority of the servers has it: an answer that one server alone could give
   * is no proof. With `isTold` every listener hears it too, which costs each of them a message: call it rarely.
   */
  prove(isTold: boolean): Promise<number>;

  /** Idempotent. */
  close(): Promise<void>;
}
