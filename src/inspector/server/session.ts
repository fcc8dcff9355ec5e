/** The regions that pages look at: one follower each, for as long as somebody looks. */

import type { ValueRef } from '../../format/compare/value-ref.js';
import { tokensOf } from '../../format/pointer.js';
import { type Commit, Follower, JsonMmapError, type Snapshot } from '../../index.js';
import { requestReport } from '../../write-requests/client.js';
import type { MasterReport } from '../../write-requests/report.js';
import { BadRequest } from './answers.js';
import { Listings } from './listing.js';

export interface Where {
  readonly dir?: string | undefined;
  readonly owner?: number | undefined;
}

/** Followers that stay open when nobody has asked for their region for a while. */
const OPEN_MAX = 16;
/** Versions of which the master is remembered, as many as a ring may have. */
const OBSERVED_MAX = 4096;
/** While a master is busy for longer than this, its numbers are not shown. */
const REPORT_TIMEOUT_MS = 2000;

/** A region that is being looked at. */
export class Session {
  readonly follower: Follower;
  readonly listings = new Listings();
  /** Pages that listen. */
  feeds = 0;
  /** What the master has said last, if it takes requests. */
  report: MasterReport | undefined;
  readonly #where: Where;
  #asking = false;
  /** Which process was master when a version was new. A region does not record that. */
  readonly #masters = new Map<number, number>();

  constructor(follower: Follower, where: Where) {
    this.follower = follower;
    this.#where = where;
    follower.setMaxListeners(0); // pages are counted by `feeds`
    this.observe();
  }

  /** Remembers who is master at the newest version. */
  observe(): void {
    const { version, masterPid, masterAlive } = this.follower.status();
    if (masterPid === undefined || !masterAlive) return;
    this.#masters.set(version, masterPid);
    if (this.#masters.size > OBSERVED_MAX) this.#masters.delete(this.#masters.keys().next().value as number);
  }

  /** Returns who made a version, as far as that can be known. */
  originOf(version: number, commits: readonly Commit[] = this.follower.history()) {
    const commit = commits.find((one) => one.version === version);
    const requestedBy = this.report?.requests.find((request) => request.version === version)?.by;
    return { masterPid: this.#masters.get(version), requestedBy, revision: commit?.position?.sequence };
  }

  /** Asks the master for its report. One that cannot be asked, or does not answer, has none. */
  async refreshReport(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const options = { dir: this.#where.dir, timeoutMs: REPORT_TIMEOUT_MS, as: 'jsonmmap inspect' };
      this.report = await requestReport(this.follower.name, options);
    } catch (error) {
      if (!(error instanceof JsonMmapError)) throw error;
      this.report = undefined;
    } finally {
      this.#asking = false;
    }
  }
}

export class Sessions {
  readonly #where: Where;
  /** In the order in which they were asked for, the last one last. */
  readonly #open = new Map<string, Session>();

  constructor(where: Where) {
    this.#where = where;
  }

  /** Returns the session of a region, opened if nobody had asked for it. @throws what `Follower.open` throws */
  of(name: string): Session {
    const known = this.#open.get(name);
    if (known !== undefined && !known.follower.status().removed) return this.#asked(name, known);
    if (known !== undefined) this.#close(name);
    return this.#asked(name, new Session(Follower.open(name, this.#where), this.#where));
  }

  close(): void {
    for (const name of [...this.#open.keys()]) this.#close(name);
  }

  #asked(name: string, session: Session): Session {
    this.#open.delete(name);
    this.#open.set(name, session);
    for (const [other, { feeds }] of this.#open) {
      if (this.#open.size <= OPEN_MAX) break;
      if (feeds === 0 && other !== name) this.#close(other);
    }
    return session;
  }

  #close(name: string): void {
    this.#open.get(name)?.follower.close();
    this.#open.delete(name);
  }
}

/** Returns a version, which the caller closes; undefined where it is no longer kept. */
export function snapshotIfKept({ follower }: Session, version: number): Snapshot | undefined {
  try {
    return follower.at(version);
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_VERSION_GONE') return undefined;
    throw error;
  }
}

/** Runs `use` with a version, by default the newest; its memory stays until `use` is done. @throws `ERR_VERSION_GONE` */
export async function withSnapshot<R>(
  { follower }: Session,
  version: number | undefined,
  use: (snapshot: Snapshot) => R | Promise<R>,
): Promise<R> {
  const snapshot = version === undefined ? follower.snapshot() : follower.at(version);
  try {
    return await use(snapshot);
  } finally {
    snapshot.close();
  }
}

/** Runs `use` with a reference to the value at `path` in a version. @throws `ERR_VERSION_GONE`, `ERR_PATH_INVALID`; a `BadRequest` where nothing is there */
export function withValue<R>(
  session: Session,
  path: string,
  version: number | undefined,
  use: (ref: ValueRef, version: number) => R | Promise<R>,
): Promise<R> {
  return withSnapshot(session, version, (snapshot) => {
    const ref = snapshot.valueRef(tokensOf(path));
    if (ref === undefined) throw new BadRequest(404, `version ${snapshot.version} has nothing at this path`);
    return use(ref, snapshot.version);
  });
}
