/** The regions that pages look at: one follower each, for as long as somebody looks. */

import type { Place } from '../../format/compare/place.js';
import { tokensOf } from '../../format/pointer.js';
import { Follower, regions } from '../../index.js';
import { BadRequest } from './answers.js';
import { Listings } from './listing.js';

export interface Where {
  readonly dir?: string | undefined;
  readonly owner?: number | undefined;
}

/** A region that is being looked at. */
export interface Session {
  readonly follower: Follower;
  readonly listings: Listings;
}

/** Followers that stay open when nobody has asked for their region for a while. */
const OPEN_MAX = 16;

export class Sessions {
  readonly #where: Where;
  /** In the order in which they were asked for, the last one last. */
  readonly #open = new Map<string, Session>();

  constructor(where: Where) {
    this.#where = where;
  }

  list(): ReturnType<typeof regions> {
    return regions(this.#where);
  }

  /** Returns the session of a region, opened if nobody had asked for it. @throws what `Follower.open` throws */
  of(name: string): Session {
    const known = this.#open.get(name);
    if (known !== undefined && !known.follower.status().removed) return this.#asked(name, known);
    if (known !== undefined) this.#close(name);
    const follower = Follower.open(name, this.#where);
    return this.#asked(name, { follower, listings: new Listings() });
  }

  close(): void {
    for (const name of [...this.#open.keys()]) this.#close(name);
  }

  #asked(name: string, session: Session): Session {
    this.#open.delete(name);
    this.#open.set(name, session);
    for (const [oldest, { follower }] of this.#open) {
      if (this.#open.size <= OPEN_MAX) break;
      if (follower.listenerCount('change') === 0) this.#close(oldest);
    }
    return session;
  }

  #close(name: string): void {
    this.#open.get(name)?.follower.close();
    this.#open.delete(name);
  }
}

/**
 * Runs `use` with where the value at `pointer` lies in a version, by default the newest; its memory stays until `use` is done.
 * @throws `ERR_VERSION_GONE`, `ERR_PATH_INVALID`; a `BadRequest` where nothing is
 */
export async function withPlace<R>(
  { follower }: Session,
  pointer: string,
  version: number | undefined,
  use: (place: Place, version: number) => R | Promise<R>,
): Promise<R> {
  const snapshot = version === undefined ? follower.snapshot() : follower.at(version);
  try {
    const place = snapshot.place(tokensOf(pointer));
    if (place === undefined) throw new BadRequest(404, `version ${snapshot.version} has nothing at this path`);
    return await use(place, snapshot.version);
  } finally {
    snapshot.close();
  }
}
