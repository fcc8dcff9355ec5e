/** One path of a document, watched. */
import { EventEmitter } from 'node:events';
import type { Immutable } from '../format/immutable.js';
import { pointerOf } from '../format/pointer.js';
import { isolated } from '../listeners.js';
import { type Made, remade, type Version } from './version.js';

/** What a selection emits: `change` when the value at its path is another than before. */
export interface SelectionEvents<V> {
  change: [{ value: Immutable<V> | undefined; previous: Immutable<V> | undefined; version: number }];
}

/** What a selection needs of its follower. @internal */
export interface SelectionSource {
  newest(): Version;
  watched(): void;
  closed(): void;
}

/**
 * The value at one path, live. `change` wakes only when this path changed, whatever else the master writes. Holds plain data, and no memory of the
 * region.
 */
export class Selection<V = unknown> extends EventEmitter<SelectionEvents<V>> {
  /** The path, as a JSON pointer. */
  readonly path: string;
  readonly #tokens: readonly string[];
  readonly #source: SelectionSource;
  #version: Version;
  /** The value, where there is one, and where it was read. */
  #made: Made | undefined;
  /** What listeners know. */
  #told: unknown;

  /** @internal */
  constructor(tokens: readonly string[], source: SelectionSource) {
    super();
    this.path = pointerOf(tokens);
    this.#tokens = tokens;
    this.#source = source;
    this.#version = source.newest();
    this.#made = this.#madeOf(this.#version);
    this.#told = this.#made?.value;
    (this as EventEmitter).on('newListener', () => source.watched());
  }

  /** The newest value, frozen, the same object for as long as nothing in it changed; undefined when nothing stands there. O(change). */
  get value(): Immutable<V> | undefined {
    this.#refresh(this.#source.newest());
    return this.#made?.value as Immutable<V> | undefined;
  }

  /** Ends it: no listener is called any more. Idempotent. */
  close(): void {
    this.removeAllListeners();
    this.#source.closed();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Tells listeners, if the value is another than they know. @internal */
  wake(version: Version): void {
    this.#refresh(version);
    const previous = this.#told as Immutable<V> | undefined;
    const value = this.#made?.value as Immutable<V> | undefined;
    if (value === previous) return;
    this.#told = value;
    isolated(() => this.emit('change', { value, previous, version: version.number }));
  }

  #refresh(version: Version): void {
    if (version === this.#version) return;
    this.#made = this.#madeOf(version);
    this.#version = version;
  }

  #madeOf(version: Version): Made | undefined {
    const place = version.place(this.#tokens);
    return place && { version, place, value: remade(this.#made, place) };
  }
}
