/**
 * Runs `notify`, which calls listeners. What one of them throws is an uncaught exception of its own, as from a timer: it neither undoes what has
 * happened nor keeps the rest from hearing of it.
 */
export function isolated(notify: () => void): void {
  try {
    notify();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
