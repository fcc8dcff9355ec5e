/** One path of a document, watched. */
import type { Immutable } from '../format/immutable.js';
import { pointerOf } from '../format/pointer.js';
import { Emitter, whenListenedTo } from '../listeners.js';
import type { Announcements } from './announcements.js';
import type { NewestVersion } from './newest-version.js';
import { type Made, remade, type Version } from './version.js';

/** What a selection emits: `change` when the value at its path is another than before. */
export interface SelectionEvents<V> {
  change: [{ value: Immutable<V> | undefined; previous: Immutable<V> | undefined; version: number }];
}

/**
 * The value at one path, live. `change` wakes only when this path changed, whatever else the master writes; a listener is told at once of what changed
 * since the value was last read. Holds plain data, and no memory of the region; while nobody listens, it costs nothing else.
 */
export class Selection<V = unknown> extends Emitter<SelectionEvents<V>> {
  /** The path, as a JSON pointer. */
  readonly path: string;
  readonly #tokens: readonly string[];
  readonly #newest: NewestVersion<unknown>;
  readonly #announcements: Announcements<unknown>;
  #version: Version;
  /** The value, where there is one, and where it was read. */
  #made: Made | undefined;
  /** What listeners know; while there are none, what was read last. */
  #told: unknown;
  #closed = false;

  /** @internal */
  constructor(tokens: readonly string[], newest: NewestVersion<unknown>, announcements: Announcements<unknown>) {
    super();
    this.path = pointerOf(tokens);
    this.#tokens = tokens;
    this.#newest = newest;
    this.#announcements = announcements;
    this.#version = newest.get();
    this.#made = this.#madeOf(this.#version);
    this.#told = this.#made?.value;
    whenListenedTo(this, () => this.#closed || announcements.include(this));
  }

  /** The newest value, frozen, the same object for as long as nothing in it changed; undefined where the path does not exist. O(change). */
  get value(): Immutable<V> | undefined {
    this.#refresh(this.#newest.get());
    const value = this.#made?.value;
    // The number of listeners takes longer to find out than all the rest.
    if (value !== this.#told && this.listenerCount('change') === 0) this.#told = value;
    return value as Immutable<V> | undefined;
  }

  /** Ends it: no listener is called any more. Idempotent. */
  close(): void {
    this.#closed = true;
    this.removeAllListeners();
    this.#announcements.exclude(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Tells listeners, if the value is another than they know: the newest, for what was read meanwhile must not be followed by something older. @internal */
  wake(): void {
    const version = this.#newest.get();
    this.#refresh(version);
    const previous = this.#told as Immutable<V> | undefined;
    const value = this.#made?.value as Immutable<V> | undefined;
    if (value === previous) return;
    this.#told = value;
    this.emit('change', { value, previous, version: version.number });
  }

  #refresh(version: Version): void {
    if (version === this.#version) return;
    this.#made = this.#madeOf(version);
    this.#version = version;
  }

  #madeOf(version: Version): Made | undefined {
    const ref = version.valueRef(this.#tokens);
    return ref && { segment: version.segment, ref, value: remade(this.#made, ref) };
  }
}
