/** How writes become versions that followers see: one contract, three implementations. */
import type { Commit, LogPosition } from '../control/record.js';
import type { Publication } from './publication.js';

export type { Commit, LogPosition };

/** What a pipeline makes versions of: a document that is being written. */
export interface CommitSource {
  /**
   * Completes what was written so far as the next commit, whose nodes are in their segment and which nobody sees; undefined when nothing has
   * changed.
   */
  seal(): Commit | undefined;
  /** `commit` is published, or nothing but its failure can come between it and being published: what is written next builds on it. */
  keep(commit: Commit): void;
}

/**
 * The steps from a written document to a visible version. `immediate.ts` publishes at once, `durable.ts` when the commit survives power loss,
 * `grouped.ts` lets the writes of some milliseconds share one commit.
 */
export interface CommitPipeline {
  /** The last step of every commit. Knows the newest one that followers see. */
  readonly publication: Publication;
  /**
   * Has to come before anything is appended: the nodes of a commit that failed half-way may have their record on the disk, so nothing may overwrite
   * them (I15).
   * @throws what an earlier commit has failed with: `ERR_SYSTEM`, `ERR_FENCED`
   */
  check(): void;
  /** Makes what was written to `source` a version, now or with its group. @throws what `seal` throws; `ERR_SYSTEM`, `ERR_FENCED` */
  commit(source: CommitSource): void;
  /** Calls `listener` after each version that became visible later than its write returned. */
  whenPublished(listener: () => void): void;
  /**
   * Hurries the writes that are not visible yet. Resolves when all writes so far are visible and durable, rejects with what prevents it; undefined where each
   * write has waited for that.
   */
  flush(): Promise<void> | undefined;
  /** Blocks until all writes so far are visible. @throws what prevents it */
  settle(): void;
}
