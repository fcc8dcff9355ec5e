/** Commits that are visible when the write returns, and survive the death of every process but no power loss. */
import type { CommitPipeline, CommitSource } from './contract.js';
import type { Publication } from './publication.js';

export class ImmediateCommits implements CommitPipeline {
  readonly publication: Publication;

  constructor(publication: Publication) {
    this.publication = publication;
  }

  /** Nothing can fail half-way: a commit is visible or it never was. */
  check(): void {}

  commit(source: CommitSource): void {
    const commit = source.seal();
    if (commit === undefined) return;
    this.publication.publish(commit);
    source.keep(commit);
  }

  whenPublished(): void {}

  flush(): undefined {}

  settle(): void {}
}
