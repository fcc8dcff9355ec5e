/**
 * Group commit: writes return at once, and those of a few milliseconds become one version, so that they share the syncs that make it durable. What
 * is written while a group is being secured forms the next one.
 */
import type { CommitPipeline, CommitSource } from './contract.js';
import type { DurablePublication } from './durable-publication.js';
import { GroupClock } from './group-clock.js';
import type { Publication } from './publication.js';

/** Callers of `flush` for a group that is not sealed yet. */
interface Waiter {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

export class GroupedCommits implements CommitPipeline {
  readonly publication: Publication;
  readonly #durable: DurablePublication;
  readonly #clock: GroupClock;
  #source: CommitSource | undefined;
  #published: (() => void) | undefined;
  /** Whether there are writes that no commit covers. */
  #open = false;
  /** Waits for those. */
  #waiter: Waiter | undefined;
  #underway: Promise<void> | undefined;
  #failure: unknown;

  /** @param delayMs How long a group may wait for more writes, in milliseconds. */
  constructor(durable: DurablePublication, delayMs: number) {
    this.publication = durable.publication;
    this.#durable = durable;
    this.#clock = new GroupClock(delayMs, () => void this.#publishGroup());
  }

  /** The writes of a group that failed are lost, and later ones would build on them. */
  check(): void {
    this.#durable.check();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The first write of a group starts the clock, which keeps the process alive. */
  commit(source: CommitSource): void {
    this.#source = source;
    this.#open = true;
    this.#startClock();
  }

  whenPublished(listener: () => void): void {
    this.#published = listener;
  }

  /** Does not wait for the clock: all callers of one turn of the event loop share one commit. */
  flush(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (!this.#open) return this.#underway ?? Promise.resolve();
    this.#waiter ??= newWaiter();
    this.#startClock();
    return this.#waiter.promise;
  }

  settle(): void {
    this.#clock.stop();
    this.check();
    const isOpen = this.#open;
    const waiter = this.#take();
    try {
      this.#durable.settle();
      const commit = isOpen ? this.#source?.seal() : undefined;
      if (commit !== undefined) {
        this.#durable.publish(commit);
        this.#source?.keep(commit);
      }
      this.#published?.();
      waiter?.resolve();
    } catch (error) {
      this.#fail(error, waiter);
      throw error;
    }
  }

  #startClock(): void {
    if (this.#underway !== undefined) return;
    if (this.#waiter === undefined) this.#clock.start();
    else this.#clock.hurry();
  }

  async #publishGroup(): Promise<void> {
    const source = this.#source as CommitSource;
    const waiter = this.#take();
    try {
      this.#underway = this.#publish(source);
      await this.#underway;
      this.#published?.();
      waiter?.resolve();
    } catch (error) {
      this.#fail(error, waiter);
    }
    this.#underway = undefined;
    if (this.#open) this.#startClock();
  }

  /** A commit in a fresh segment blocks: `keep` unmaps the segment before it, which the master needs should the commit fail. */
  #publish(source: CommitSource): Promise<void> | undefined {
    const commit = source.seal();
    if (commit === undefined) return undefined;
    const { newest } = this.publication;
    if (newest !== undefined && commit.segment !== newest.segment) {
      this.#durable.publish(commit);
      source.keep(commit);
      return undefined;
    }
    const published = this.#durable.publishLater(commit);
    source.keep(commit);
    return published;
  }

  #take(): Waiter | undefined {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    this.#open = false;
    return waiter;
  }

  #fail(error: unknown, waiter: Waiter | undefined): void {
    this.#failure = error;
    waiter?.reject(error);
    this.#take()?.reject(error);
  }
}

function newWaiter(): Waiter {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {}); // the callers of `flush` are told, and so is the next write
  return { promise, resolve, reject };
}
