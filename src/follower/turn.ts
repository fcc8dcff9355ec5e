/** Captured when this is loaded: a test may replace timers by ones that do not run. */
const later = setImmediate;

/** Calls `task` when the turn of the event loop ends: after everything that listeners have begun and that waits for nothing. */
export function atEndOfTurn(task: () => void): void {
  later(task);
}
