/** Which version a follower reads: the newest there is, over switches of segments and over regions that are removed and made again. */
import { channels } from '../channels.js';
import { JsonMmapError } from '../errors.js';
import type { Immutable } from '../format/immutable.js';
import type { Acquired, RegionReader } from '../region/reader.js';
import { Lease } from '../region/segment/lease.js';
import type { ChangeSource } from './change.js';
import { closed, noDocument, noVersion, regionGone } from './errors.js';
import { atEndOfTurn } from './turn.js';
import { Version } from './version.js';

/** No version of any region. */
export const NONE = -1;

export class NewestVersion<T> {
  readonly #region: RegionReader;
  /** The newest version that was seen; holds its segment. */
  #version: Version<T>;
  /** The one before, in another segment, which is held until the turn ends: what is read now is compared with it. */
  #left: Version<T> | undefined;
  /**
   * The number that `#version` has in the region that is open; none after the region was replaced, whose versions begin again, and when
   * this is closed: every read takes the long way then.
   */
  #seen: number;
  /** The view of `#version` with its lease, once it was asked for: forgotten with the version, so that only the program keeps it. */
  #view: Immutable<T> | undefined;
  /** The version word of the region that is open; see `region/control/ring.ts`, rule 4. */
  #versionView: Float64Array;
  #refreshes = 0;
  #conflated = 0;
  #removed = false;
  #closed = false;

  /** Takes `region` over. @throws `ERR_REGION_NOT_FOUND` where it has no document yet, and what `RegionReader.acquire` throws */
  constructor(region: RegionReader) {
    this.#region = region;
    const acquired = region.acquire();
    if (acquired === undefined) throw noDocument(region.name);
    this.#version = new Version(acquired);
    this.#seen = this.#version.number;
    this.#versionView = region.versionView;
  }

  /** Returns the newest version, which is held until the end of this turn at least: the hot path of every read. @throws `ERR_CLOSED` */
  get(): Version<T> {
    if (this.#versionView[0] !== this.#seen) this.#look();
    return this.#version;
  }

  /** `versionView[0] === seen` says that `get` would return the same version again. */
  get versionView(): Float64Array {
    return this.#versionView;
  }

  get seen(): number {
    return this.#seen;
  }

  /** How often this went over to a newer version, and how many versions it has left out. */
  get counts(): { readonly refreshes: number; readonly conflated: number } {
    return { refreshes: this.#refreshes, conflated: this.#conflated };
  }

  get view(): Immutable<T> {
    const newest = this.get();
    if (this.#view === undefined) this.#view = newest.view(new Lease(newest.segment));
    return this.#view;
  }

  /** Returns what `use` makes of a version, which is held meanwhile. @throws `ERR_VERSION_GONE`, `ERR_INVALID_ARG`, `ERR_CLOSED` */
  at<R>(version: number, use: (version: Version<T>) => R): R {
    const newest = this.get();
    if (!Number.isSafeInteger(version) || version < 1) throw noVersion(version);
    const kept = version === this.#seen ? newest.hold() : new Version<T>(this.#region.acquireAt(version));
    try {
      return use(kept);
    } finally {
      kept.release();
    }
  }

  /** Finds the versions of the region that is open now, for changes that are read late. */
  source(): ChangeSource<T> {
    return new RegionVersions(this, this.#region, this.#region.instance);
  }

  /** The region was removed: the last version stays. */
  markRemoved(): void {
    this.#removed = true;
  }

  /** Goes over to the region that has the name now; false when there is none, or still the same one. */
  reattach(): boolean {
    if (!this.#region.reattach()) return false;
    this.#removed = false;
    this.#seen = NONE;
    this.#versionView = this.#region.versionView;
    return true;
  }

  /** For a follower that perhaps nobody reads: what the master has left must not be kept for it (I20). */
  leaveOldSegment(): void {
    if (this.#seen === NONE || this.#region.hasLeft(this.#version.segment)) this.#advance();
  }

  /** Gives its memory back. What was handed out stays. */
  close(): void {
    this.#closed = true;
    this.#seen = NONE;
    this.#view = undefined;
    this.#version.release();
    this.#leave(undefined);
  }

  #look(): void {
    if (this.#closed) throw closed(this.#region.name);
    if (this.#region.changedSince(this.#seen)) this.#advance();
  }

  #advance(): void {
    if (this.#removed) return;
    const acquired = this.#acquire();
    if (acquired === undefined) return;
    if (acquired.commit.version === this.#seen) {
      acquired.segment.release();
      return;
    }
    const before = this.#version;
    const skipped = acquired.commit.version - this.#seen - 1;
    if (this.#seen !== NONE && skipped > 0) this.#conflated += skipped;
    this.#refreshes++;
    this.#seen = acquired.commit.version;
    this.#version = new Version(acquired, before);
    this.#view = undefined;
    const { number: version } = this.#version;
    if (before.segment === acquired.segment) before.release();
    else this.#leave(before);
    if (channels.refresh.hasSubscribers)
      channels.refresh.publish({ name: this.#region.name, version, previousVersion: before.number });
  }

  /** Lets the version that was left before go now, and `version` when the turn ends (I19). */
  #leave(version: Version<T> | undefined): void {
    this.#left?.release();
    this.#left = version;
    if (version === undefined) return;
    atEndOfTurn(() => {
      if (this.#left === version) this.#leave(undefined);
    });
  }

  /** Undefined where there is no version, or its files were removed before we saw it: what we have stays the newest. */
  #acquire(): Acquired | undefined {
    try {
      return this.#region.acquire();
    } catch (error) {
      if (!(error instanceof JsonMmapError) || error.code !== 'ERR_REGION_NOT_FOUND') throw error;
      this.#removed = true;
      return undefined;
    }
  }
}

/** The versions of one region: those of a later region of the same name have the same numbers and are others. */
class RegionVersions<T> implements ChangeSource<T> {
  readonly #newest: NewestVersion<T>;
  readonly #region: RegionReader;
  readonly #instance: string;

  constructor(newest: NewestVersion<T>, region: RegionReader, instance: string) {
    this.#newest = newest;
    this.#region = region;
    this.#instance = instance;
  }

  at<R>(version: number, use: (version: Version<T>) => R): R {
    if (this.#region.instance !== this.#instance) throw regionGone(this.#region.name, version);
    return this.#newest.at(version, use);
  }
}
