/** Waiting for a state of a region: told by the region itself once it is there, and by its directory before. */
import type { Follower } from '../../../follower/follower.js';
import type { Selection } from '../../../follower/selection.js';
import { equalJson } from '../../../format/equal-json.js';
import { pointerOf } from '../../../format/pointer.js';
import type { Where } from '../../command.js';
import { compactJson } from '../../output/json-text.js';
import { cut } from '../../output/table.js';
import { appeared, openIfThere } from './appearance.js';

/** What is waited for. */
export interface Goal {
  /** That it is there, or that it is not. */
  readonly gone: boolean;
  /** Undefined for the region itself. */
  readonly tokens: readonly string[] | undefined;
  /** The value at `tokens`; undefined for any. */
  readonly wanted: { readonly value: unknown } | undefined;
}

const SHOWN_LENGTH = 40;

export class Waiting {
  readonly #name: string;
  readonly #where: Where;
  readonly #goal: Goal;
  readonly #signal: AbortSignal;
  #follower: Follower | undefined;
  /** Compares nothing but what has changed. */
  #selection: Selection | undefined;
  #isRemoved = false;

  constructor(name: string, where: Where, goal: Goal, signal: AbortSignal) {
    this.#name = name;
    this.#where = where;
    this.#goal = goal;
    this.#signal = signal;
  }

  /** Whether there is a region to look at. */
  get opened(): boolean {
    return this.#follower !== undefined && !this.#isRemoved;
  }

  /**
   * Resolves when the goal is reached, with the version that reaches it; undefined where there is no region.
   * @throws the reason of the signal; what opening a region throws
   */
  async done(): Promise<number | undefined> {
    const follower = this.#goal.gone
      ? openIfThere(this.#name, this.#where)
      : await appeared(this.#name, this.#where, this.#signal);
    if (follower === undefined) return undefined;
    this.#follower = follower;
    return this.#reached(follower);
  }

  close(): void {
    this.#follower?.close();
  }

  /** Says what there is instead of the goal, such as "/flags/beta of shop is false, not true,". */
  state(): string {
    const { gone, tokens, wanted } = this.#goal;
    if (!this.opened) return `the region ${this.#name} does not exist`;
    if (tokens === undefined) return `the region ${this.#name} still exists`;
    const subject = `${pointerOf(tokens) || 'the document'} of ${this.#name}`;
    if (gone) return `${subject} still ${wanted === undefined ? 'exists' : `is ${shown(wanted.value)}`}`;
    const has = this.#follower?.has(tokens);
    if (wanted === undefined || !has) return `${subject} does not exist`;
    return `${subject} is ${shown(this.#follower?.get(tokens))}, not ${shown(wanted.value)},`;
  }

  /** Listens first and looks then, so no change is missed. A region that was removed counts again when it is back. */
  #reached(follower: Follower): Promise<number | undefined> {
    const { gone, tokens, wanted } = this.#goal;
    if (wanted !== undefined && tokens !== undefined) this.#selection = follower.select(tokens);
    return new Promise((resolve, reject) => {
      const look = (): void => {
        this.#isRemoved = false;
        if (this.#holds(follower)) resolve(follower.version);
      };
      follower.ref();
      follower.on('change', look);
      follower.on('removed', () => {
        this.#isRemoved = true;
        if (gone) resolve(undefined);
      });
      follower.on('error', reject);
      this.#signal.addEventListener('abort', () => reject(this.#signal.reason), { once: true });
      this.#signal.throwIfAborted();
      look();
    });
  }

  #holds(follower: Follower): boolean {
    const { gone, tokens, wanted } = this.#goal;
    if (tokens === undefined) return !gone; // it is there
    if (!follower.has(tokens)) return gone;
    const isThere = wanted === undefined || equalJson(this.#selection?.value, wanted.value);
    return isThere !== gone;
  }
}

function shown(value: unknown): string {
  return cut(compactJson(value), SHOWN_LENGTH);
}
