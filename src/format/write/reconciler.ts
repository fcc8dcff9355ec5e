/** What the reconciliation of one container needs of the whole, which writes its children. */
import type { PlainObjects } from './plain.js';
import type { SlotStack } from './slots.js';
import type { Writer } from './writer.js';

/** What a value is, beside the slot where it is to stand. */
export const Outcome = {
  /** Equal: the old slot stands, and nothing was written. */
  SAME: 0,
  /** Another: the writer's result is its slot. */
  CHANGED: 1,
  /** Nothing that JSON stores. */
  ABSENT: 2,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

export interface Reconciler {
  readonly writer: Writer;
  /** The slots of the containers under way. */
  readonly slots: SlotStack;
  readonly plain: PlainObjects;
  /** Writes `value`, property `key` of its holder, over the slot at `word`. */
  property(value: unknown, key: string | number, word: number, depth: number): Outcome;
  /** Puts what a value became on the stack: the old slot at `word`, or the writer's result. */
  push(outcome: Outcome, word: number): void;
  /** Notes that the value of the slot at `word` leaves the document. */
  drop(word: number): void;
}
