/** The last step of every commit: it becomes visible, then followers are notified. */
import type { Commit } from '../control/record.js';
import { failpoint } from '../failpoints.js';
import type { ClaimedRegion } from '../mastership/claimed-region.js';
import type { OldSegments } from '../segment/retention.js';

export class Publication {
  readonly #claimed: ClaimedRegion;
  readonly #old: OldSegments;
  /** The newest commit that followers see; undefined in a region that has none yet. Written here only. */
  newest: Commit | undefined;

  /** @param newest The commit that is published already. */
  constructor(claimed: ClaimedRegion, old: OldSegments, newest: Commit | undefined) {
    this.#claimed = claimed;
    this.#old = old;
    this.newest = newest;
  }

  /** Makes `commit` the newest version. Followers see it when this returns; a few microseconds, most of them for the notification. */
  publish(commit: Commit): void {
    this.#claimed.control.ring.publish(commit);
    this.newest = commit;
    this.#claimed.notify(commit.committedAt);
    failpoint('publish:notified');
    this.#old.dropUnneeded(commit.version);
  }
}
