/** What a follower is told of a new version. */
import { diff, type JsonPatch } from '../format/compare/diff.js';
import { pointerOf } from '../format/pointer.js';
import type { Snapshot } from './snapshot.js';

/** A step from one version to a newer one, however many lie between. */
export class Change<T = unknown> {
  readonly version: number;
  readonly previousVersion: number;
  /** The document after the change. */
  readonly snapshot: Snapshot<T>;
  readonly #previous: Snapshot<T>;
  readonly #path: readonly string[];
  #patch: JsonPatch | undefined;

  /** @internal */
  constructor(previous: Snapshot<T>, snapshot: Snapshot<T>, path: readonly string[] = []) {
    this.version = snapshot.version;
    this.previousVersion = previous.version;
    this.snapshot = snapshot;
    this.#previous = previous;
    this.#path = path;
  }

  /** The RFC 6902 patch from the one to the other, below the path that was asked for; made when it is first read. O(change). */
  get patch(): JsonPatch {
    this.#patch ??= patchBetween(this.#previous, this.snapshot, this.#path);
    return this.#patch;
  }
}

/** Returns the patch between two snapshots, of what stands at `path`. O(change). */
export function patchBetween(from: Snapshot, to: Snapshot, path: readonly string[] = []): JsonPatch {
  const [before, after] = [from.place(path), to.place(path)];
  if (before === undefined && after === undefined) return [];
  if (before !== undefined && after !== undefined) return diff(before, after, path);
  const pointer = pointerOf(path);
  return after === undefined ? [{ op: 'remove', path: pointer }] : [{ op: 'add', path: pointer, value: to.get(path) }];
}
