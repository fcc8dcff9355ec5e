/** The state of a region in its control file: who holds it, whether it is removed, what its master keeps. */
import type { Holding } from '../../system/process.js';
import { corrupt } from '../errors.js';
import { failpoint } from '../failpoints.js';
import * as layout from '../files/layout.js';
import type { ControlMemory } from './memory.js';

/** Who holds a region, as its control file names them. */
export interface Holder extends Holding {
  readonly lockKind: number;
}

const HOLDER_TRIES = 100;

export class RegionState {
  readonly #path: string;
  readonly #memory: ControlMemory;

  constructor(path: string, memory: ControlMemory) {
    this.#path = path;
    this.#memory = memory;
  }

  /** Returns who claims to hold the region, alive or dead; undefined when nobody does. @throws `ERR_REGION_CORRUPT` */
  holder(): Holder | undefined {
    for (let tries = 0; tries < HOLDER_TRIES; tries++) {
      const pid = this.#memory.loadStateWord(layout.PID_WORD);
      if (pid === 0) return undefined;
      const startTime = this.#memory.loadWordPair(layout.START_WORD);
      const lockKind = this.#memory.loadWord(layout.LOCK_KIND_WORD);
      const namespace = this.#memory.loadWord(layout.NAMESPACE_WORD) >>> 0;
      if (this.#memory.loadWord(layout.PID_WORD) === pid) return { pid, startTime, lockKind, namespace };
    }
    throw corrupt(this.#path, 'the master that it names changes all the time');
  }

  /** Names the new holder and returns the epoch of its claim: while `epoch` returns the same, nobody has claimed the region since. */
  claim(holder: Holder): number {
    const epoch = (this.epoch() + 1) | 0;
    this.#memory.storeWord(layout.PID_WORD, 0);
    failpoint('takeover:half-claimed');
    this.#memory.storeWordPair(layout.START_WORD, holder.startTime);
    this.#memory.storeWord(layout.LOCK_KIND_WORD, holder.lockKind);
    this.#memory.storeWord(layout.NAMESPACE_WORD, holder.namespace);
    this.#memory.storeWord(layout.EPOCH_WORD, epoch);
    this.#memory.storeWord(layout.PID_WORD, holder.pid);
    this.#memory.pushState();
    return epoch;
  }

  /** Takes back the claim `epoch` of `pid`, unless somebody has claimed the region since. */
  release(epoch: number, pid: number): void {
    if (this.epoch() !== epoch) return;
    this.#memory.replaceWord(layout.PID_WORD, pid, 0);
    this.#memory.pushState();
  }

  /** Returns the number of claims so far. */
  epoch(): number {
    return this.#memory.loadStateWord(layout.EPOCH_WORD);
  }

  isRemoved(): boolean {
    return this.#flag(layout.FLAG_REMOVED);
  }

  markRemoved(): void {
    this.#setFlag(layout.FLAG_REMOVED, true);
  }

  /** Whether each version is in a durable commit slot before it is published, so that it survives power loss. */
  get durable(): boolean {
    return this.#flag(layout.FLAG_DURABLE);
  }

  set durable(durable: boolean) {
    this.#setFlag(layout.FLAG_DURABLE, durable);
  }

  /** The boot in which a master last brought ring and version word up to the durable commit slots. */
  get restoredIn(): number {
    this.#memory.pullState();
    return this.#memory.loadWordPair(layout.BOOT_WORD);
  }

  set restoredIn(boot: number) {
    this.#memory.pullState();
    this.#memory.storeWordPair(layout.BOOT_WORD, boot);
    this.#memory.pushState();
  }

  /** How many of the newest versions the master keeps readable. */
  get history(): number {
    return this.#memory.loadStateWord(layout.HISTORY_WORD);
  }

  set history(versions: number) {
    this.#memory.pullState();
    this.#memory.storeWord(layout.HISTORY_WORD, versions);
    this.#memory.pushState();
  }

  #flag(flag: number): boolean {
    return (this.#memory.loadStateWord(layout.FLAGS_WORD) & flag) !== 0;
  }

  #setFlag(flag: number, isSet: boolean): void {
    this.#memory.setFlag(layout.FLAGS_WORD, flag, isSet);
    this.#memory.pushState();
  }
}
