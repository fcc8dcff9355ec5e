/**
 * Followers to which nobody listens have no doorbell, and the memory of a region that was deleted never changes again. One timer for all of
 * them looks twice a second. It keeps no process alive, and no follower that is forgotten without `close`.
 */

/** What is called at each look. */
export interface Looker {
  /** Looks for what has happened; does not throw. */
  look(): void;
}

const LOOK_EVERY_MS = 500;

const lookers = new Set<WeakRef<Looker>>();
let timer: NodeJS.Timeout | undefined;

/** Asks `looker` to look, until the returned function is called. */
export function lookRegularly(looker: Looker): () => void {
  const reference = new WeakRef(looker);
  lookers.add(reference);
  timer ??= setInterval(lookAround, LOOK_EVERY_MS).unref();
  return () => forget(reference);
}

function lookAround(): void {
  for (const reference of lookers) {
    const looker = reference.deref();
    if (looker === undefined) forget(reference);
    else looker.look();
  }
}

function forget(reference: WeakRef<Looker>): void {
  lookers.delete(reference);
  if (lookers.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}
