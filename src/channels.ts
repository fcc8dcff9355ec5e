/**
 * What happens in this process, for tools that watch it: the channels of `node:diagnostics_channel`. A channel without a subscriber costs
 * one look at whether it has any, and no message is made.
 */
import { channel } from 'node:diagnostics_channel';

export const channels = {
  /** A master has published a version: `{ name, version, previousVersion }`. */
  publish: channel('jsonmmap:publish'),
  /** A follower has gone over to a newer version: `{ name, version, previousVersion }`. */
  refresh: channel('jsonmmap:refresh'),
  /** A master has timed a commit, one in 16: `{ name, path, durationMs }`. Told inside the write, so a subscriber cannot write to that master. */
  publishDuration: channel('jsonmmap:publish-duration'),
  /** A master has moved the document to a fresh segment: a `CompactionEvent`, `name` and `path`. */
  compaction: channel('jsonmmap:compaction'),
  /** This process has become the master of a region whose master before has died without closing it: `{ name, path, version, previousPid }`. */
  takeover: channel('jsonmmap:takeover'),
  /** A master has refused a write, or a write has failed; nothing has changed: `{ name, error }`. */
  refusal: channel('jsonmmap:refusal'),
};
