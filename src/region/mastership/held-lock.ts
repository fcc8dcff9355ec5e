import type { GENERATION_LOCK, KERNEL_LOCK } from '../files/layout.js';

export type LockKind = typeof KERNEL_LOCK | typeof GENERATION_LOCK;

/** A lock that we hold. */
export interface HeldLock {
  readonly kind: LockKind;
  /** The link, which nobody else may unlink while we have it. */
  readonly link: string;
  /** The control file names us now: gives up what showed us to the other kind until then. Idempotent. */
  claimed(): void;
  /** Gives the lock up. Idempotent. */
  release(): void;
  /** Gives the lock up and leaves no file of it behind: for a region that is not there any more. */
  discard(): void;
}
