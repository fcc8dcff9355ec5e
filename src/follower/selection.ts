/** One path of a document, watched. */
import type { Place } from '../format/compare/place.js';
import { refresh } from '../format/compare/refresh.js';
import type { Immutable } from '../format/immutable.js';
import { pointerOf } from '../format/pointer.js';
import { materialize } from '../format/read/materialize.js';
import { Emitter, whenListenedTo } from '../listeners.js';
import type { Snapshot } from './snapshot.js';

/** What a selection emits: `change` when the value at its path is another than before. */
export interface SelectionEvents<V> {
  change: [{ value: Immutable<V> | undefined; previous: Immutable<V> | undefined; version: number }];
}

/** What a selection needs of its follower. @internal */
export interface SelectionSource {
  newest(): Snapshot;
  /** Somebody listens: from now on it wants to be woken. */
  listened(): void;
  closed(): void;
}

/**
 * The value at one path, live. `change` wakes only when this path changed, whatever else the master writes; a listener is told at once of what changed
 * since the value was last read. While nobody listens, it costs nothing but what it holds: the version that was read last.
 */
export class Selection<V = unknown> extends Emitter<SelectionEvents<V>> {
  /** The path, as a JSON pointer. */
  readonly path: string;
  readonly #tokens: readonly string[];
  readonly #source: SelectionSource;
  #snapshot: Snapshot;
  #place: Place | undefined;
  #value: unknown;
  /** What listeners know; while there are none, what was read last. */
  #told: unknown;
  #closed = false;

  /** @internal */
  constructor(tokens: readonly string[], source: SelectionSource) {
    super();
    this.path = pointerOf(tokens);
    this.#tokens = tokens;
    this.#source = source;
    this.#snapshot = source.newest();
    this.#place = this.#snapshot.place(tokens);
    this.#value = this.#place && materialize(this.#place.reader, this.#place.lo, this.#place.hi);
    this.#told = this.#value;
    whenListenedTo(this, () => this.#closed || source.listened());
  }

  /** The newest value, frozen, the same object for as long as nothing in it changed; undefined where the path does not exist. O(change). */
  get value(): Immutable<V> | undefined {
    this.#refresh(this.#source.newest());
    if (this.listenerCount('change') === 0) this.#told = this.#value;
    return this.#value as Immutable<V> | undefined;
  }

  /** Ends it: no listener is called any more. Idempotent. */
  close(): void {
    this.#closed = true;
    this.removeAllListeners();
    this.#source.closed();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Tells listeners, if the value is another than they know. @internal */
  wake(snapshot: Snapshot): void {
    this.#refresh(snapshot);
    const previous = this.#told as Immutable<V> | undefined;
    if (this.#value === previous) return;
    this.#told = this.#value;
    const value = this.#value as Immutable<V> | undefined;
    this.emit('change', { value, previous, version: snapshot.version });
  }

  #refresh(snapshot: Snapshot): void {
    if (snapshot === this.#snapshot) return;
    const place = snapshot.place(this.#tokens);
    if (place === undefined) this.#value = undefined;
    else if (this.#place === undefined) this.#value = materialize(place.reader, place.lo, place.hi);
    else this.#value = refresh(this.#place, this.#value, place);
    this.#snapshot = snapshot;
    this.#place = place;
  }
}
