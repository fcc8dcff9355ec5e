// For peers that tell nobody: looking again and again.

/** The pause between two looks: the shortest that a timer of Node has. */
const PAUSE_MS = 1;

/** Calls `seen` with what `look` returns, each time it has changed. */
export function poll(look, seen) {
  let last = look();
  setInterval(() => {
    const value = look();
    if (value === last) return;
    last = value;
    seen(value);
  }, PAUSE_MS);
}
