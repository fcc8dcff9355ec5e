/**
 * Makes the engine collect garbage. Telling it of memory outside its heap is not enough: V8 then begins to mark, and in a process that only listens it
 * never comes to the end.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = () => void;

/** Where the engine cannot be asked: memory of this size outside its heap makes it collect. It takes no memory, because nothing touches it. */
const PRESSURE_BYTES = 128 << 20;

let found: Collect | undefined;

/** Collects the whole heap: blocks for some milliseconds, in proportion to what is alive in it. */
export function collectGarbage(): void {
  found ??= find();
  if (found === undefined) press();
  else found();
}

function find(): Collect | undefined {
  const { gc, Bun } = globalThis as { gc?: Collect; Bun?: { gc(synchronous: boolean): void } };
  if (typeof gc === 'function') return gc;
  if (Bun !== undefined) return () => Bun.gc(true);
  return expose();
}

/** V8 gives the function to contexts that are made while the flag is set; nothing else of the program sees it. */
function expose(): Collect | undefined {
  try {
    setFlagsFromString('--expose-gc');
    const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
    return gc as Collect | undefined;
  } catch {
    return undefined; // a runtime that has no such flag
  } finally {
    hide();
  }
}

function hide(): void {
  try {
    setFlagsFromString('--no-expose-gc');
  } catch {
    // There was nothing to hide.
  }
}

function press(): void {
  try {
    new ArrayBuffer(PRESSURE_BYTES);
  } catch {
    // No room for it: then the engine has collected before it said so.
  }
}
