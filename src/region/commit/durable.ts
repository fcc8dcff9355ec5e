/** Commits that survive power loss before they are visible. Each write blocks for two syncs of the disk. */
import type { Commit } from '../control/record.js';
import type { CommitPipeline, CommitSource } from './contract.js';
import type { DurablePublication } from './durable-publication.js';

export class DurableCommits implements CommitPipeline {
  readonly #publication: DurablePublication;

  constructor(publication: DurablePublication) {
    this.#publication = publication;
  }

  get newest(): Commit | undefined {
    return this.#publication.newest;
  }

  check(): void {
    this.#publication.check();
  }

  commit(source: CommitSource): void {
    const commit = source.seal();
    if (commit === undefined) return;
    this.#publication.publish(commit);
    source.keep(commit);
  }

  flush(): undefined {}

  settle(): void {}
}
