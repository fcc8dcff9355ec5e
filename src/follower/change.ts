/** What a follower is told of a new version. */
import { diff } from '../format/compare/diff.js';
import type { JsonPatch } from '../format/compare/json-patch.js';
import { pointerOf } from '../format/pointer.js';
import { Lease } from '../region/segment/lease.js';
import { Snapshot } from './snapshot.js';
import type { Version } from './version.js';

/** Where a change finds its versions when it holds them no more. @internal */
export interface ChangeSource<T> {
  /** Returns what `use` makes of a version, which is held meanwhile. @throws `ERR_VERSION_GONE`, `ERR_CLOSED` */
  at<R>(version: number, use: (version: Version<T>) => R): R;
}

/**
 * A step from one version to a newer one, however many lie between. While it is fresh it holds both: one that was told to listeners until the turn of
 * the event loop ends, one that was iterated to until the next is asked for. Afterwards `patch` and `snapshot`, unless they were read
 * before, are what `Follower.diff` and `Follower.at` give.
 */
export class Change<T = unknown> {
  readonly version: number;
  readonly previousVersion: number;
  readonly #source: ChangeSource<T>;
  readonly #path: readonly string[];
  /** Undefined when it holds them no more. */
  #fresh:
    | { readonly previous: Version<T>; readonly version: Version<T>; readonly leases: readonly Lease[] }
    | undefined;
  #patch: JsonPatch | undefined;
  #snapshot: Snapshot<T> | undefined;

  /** @internal */
  constructor(source: ChangeSource<T>, previous: Version<T>, version: Version<T>, path: readonly string[] = []) {
    this.version = version.number;
    this.previousVersion = previous.number;
    this.#source = source;
    this.#path = path;
    const readable = previous.readable ? [previous, version] : [version];
    const leases = readable.map(({ segment }) => new Lease(segment));
    this.#fresh = { previous, version, leases };
  }

  /** The document after the change. @throws `ERR_VERSION_GONE` when it is read late, and the version is no longer kept */
  get snapshot(): Snapshot<T> {
    this.#snapshot ??= this.#fresh
      ? new Snapshot(this.#fresh.version)
      : this.#source.at(this.version, (version) => new Snapshot(version));
    return this.#snapshot;
  }

  /**
   * The RFC 6902 patch from the one to the other, below the path that was asked for; made when it is first read. O(change). It replaces the whole
   * where a follower to which nobody listened had given the previous version back already.
   * @throws `ERR_VERSION_GONE` when it is read late, and one of the versions is no longer kept
   */
  get patch(): JsonPatch {
    this.#patch ??= this.#fresh ? this.#freshPatch(this.#fresh) : this.#latePatch();
    return this.#patch;
  }

  /** Lets both versions go. Idempotent. @internal */
  settle(): void {
    for (const lease of this.#fresh?.leases ?? []) lease.end();
    this.#fresh = undefined;
  }

  #freshPatch({ previous, version }: { previous: Version<T>; version: Version<T> }): JsonPatch {
    if (previous.readable) return patchBetween(previous, version, this.#path);
    return [{ op: 'replace', path: '', value: version.get('') }]; // right whatever stood there before
  }

  #latePatch(): JsonPatch {
    return this.#source.at(this.previousVersion, (previous) =>
      this.#source.at(this.version, (version) => patchBetween(previous, version, this.#path)),
    );
  }
}

/** Returns the patch between two versions that are held, of what stands at `path`. O(change). */
export function patchBetween(from: Version, to: Version, path: readonly string[] = []): JsonPatch {
  const [before, after] = [from.place(path), to.place(path)];
  if (before === undefined && after === undefined) return [];
  if (before !== undefined && after !== undefined) return diff(before, after, path);
  const pointer = pointerOf(path);
  return after === undefined ? [{ op: 'remove', path: pointer }] : [{ op: 'add', path: pointer, value: to.get(path) }];
}
