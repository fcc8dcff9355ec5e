/** The region of a host as the log has it: the document is the fold of the log up to the position, and both change in one commit. */
import type { Master } from '../../master/master.js';
import type { Entry } from '../log/entry.js';
import { applyOperations } from '../log/operations.js';
import { ID_DIGITS, type Position } from '../log/position.js';

export class FollowedRegion {
  readonly #master: Master;
  /** The position that the document has, or the one of an entry after it that has changed nothing. */
  #position: Position | undefined;
  /** What the region had then: a write that is not from the log leaves another. */
  #state: Master['logState'];

  constructor(master: Master) {
    this.#master = master;
    this.#state = master.logState;
    this.#position = this.#state.position;
  }

  get version(): number {
    return this.#master.version;
  }

  /** The version of the document with all that was written so far, visible or not. */
  get newestVersion(): number {
    return this.#master.logState.version;
  }

  get current(): unknown {
    return this.#master.current;
  }

  /** Undefined where the document is from no log: made by hand, or not at all. */
  get position(): Position | undefined {
    const { position, version } = this.#master.logState;
    return position === this.#state.position && version === this.#state.version ? this.#position : undefined;
  }

  /** Applies an entry, as one version. @throws what refuses it, and nothing has changed then */
  apply(entry: Entry, operations: unknown): void {
    this.#moveTo(entry, () => applyOperations(this.#master, entry, operations));
  }

  /** Replaces the document. @throws what `Master.write` throws */
  replace(position: Position, document: unknown): void {
    this.#moveTo(position, () => this.#master.write(document));
  }

  /** Goes on behind an entry that is nothing to the document. */
  pass({ sequence, id }: Position): void {
    if (this.position !== undefined) this.#position = { sequence, id };
  }

  /**
   * Where nothing changes there is no commit, and the region keeps the position that it had: whoever starts from there comes to the same
   * document, because these entries change nothing again.
   */
  #moveTo({ sequence, id }: Position, write: () => number): void {
    this.#master.atLogPosition({ sequence, id: id.slice(0, ID_DIGITS) }, write);
    this.#position = { sequence, id };
    this.#state = this.#master.logState;
  }
}
