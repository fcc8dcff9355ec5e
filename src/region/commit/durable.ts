/** Commits that survive power loss before they are visible. Each write blocks for two syncs of the disk. */
import type { CommitPipeline, CommitSource } from './contract.js';
import type { DurablePublication } from './durable-publication.js';
import type { Publication } from './publication.js';

export class DurableCommits implements CommitPipeline {
  readonly publication: Publication;
  readonly #durable: DurablePublication;

  constructor(durable: DurablePublication) {
    this.publication = durable.publication;
    this.#durable = durable;
  }

  check(): void {
    this.#durable.check();
  }

  commit(source: CommitSource): void {
    const commit = source.seal();
    if (commit === undefined) return;
    this.#durable.publish(commit);
    source.keep(commit);
  }

  whenPublished(): void {}

  flush(): undefined {}

  settle(): void {}
}
