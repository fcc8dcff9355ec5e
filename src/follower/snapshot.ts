/** The document at one version, as it is handed out to programs. */
import type { ValueRef } from '../format/compare/value-ref.js';
import type { Immutable } from '../format/immutable.js';
import type { Path } from '../format/pointer.js';
import { Lease } from '../region/segment/lease.js';
import { snapshotClosed } from './errors.js';
import type { Version } from './version.js';

/**
 * Many reads of one version: nothing that the master does changes what a snapshot says, and its memory stays mapped until `close`, or until neither it
 * nor its views are referenced any more and the engine has noticed.
 *
 * @example
 * using snapshot = follower.snapshot();
 * snapshot.get('/flags/beta');
 */
export class Snapshot<T = unknown> {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  readonly #at: Version<T>;
  readonly #lease: Lease;
  #view: Immutable<T> | undefined;

  /** @internal */
  constructor(version: Version<T>) {
    this.version = version.number;
    this.committedAt = version.committedAt;
    this.#at = version;
    this.#lease = new Lease(version.segment);
  }

  /**
   * The document as plain frozen data, with the objects of the version before wherever nothing changed. O(document) the first time, later O(width of
   * what changed).
   */
  get current(): Immutable<T> {
    return this.#open().current;
  }

  /** The document as lazy objects: costs only what is touched. They end with the snapshot when that is closed. */
  get view(): Immutable<T> {
    const version = this.#open();
    if (this.#view === undefined) this.#view = version.view(this.#lease);
    return this.#view;
  }

  /** Returns the value at `path`, frozen; undefined where it does not exist. O(depth) plus the size of the value. @throws `ERR_PATH_INVALID` */
  get(path: Path): unknown {
    return this.#open().get(path);
  }

  /** Whether `path` exists. O(depth). */
  has(path: Path): boolean {
    return this.#open().has(path);
  }

  /** Returns the keys of the object, or the indexes of the array, at `path`; none where neither is. */
  keys(path: Path = ''): string[] {
    return this.#open().keys(path);
  }

  /** Returns the number of entries or elements at `path`; 0 where no container is. */
  size(path: Path = ''): number {
    return this.#open().size(path);
  }

  /**
   * Gives its memory back, at once if nobody else holds it. Values that it returned stay; reading it or a view of it throws `ERR_CLOSED`. Idempotent.
   */
  close(): void {
    this.#lease.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Returns a reference to the value at `tokens`; undefined where it does not exist. Valid while this is open, and referenced. @internal */
  valueRef(tokens: readonly string[]): ValueRef | undefined {
    return this.#open().valueRef(tokens);
  }

  /** @throws `ERR_CLOSED` */
  #open(): Version<T> {
    if (!this.#lease.open) throw snapshotClosed(this.version);
    return this.#at;
  }
}
