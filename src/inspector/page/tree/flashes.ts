/** Which rows have changed just now: a collapsed container has if anything in it has. */
import type { ChangeLine } from '../../api.js';
import { parentOf } from '../client/pointers.js';

/** How long a row stays marked after its last change. */
export const FLASH_MS = 900;

export class Flashes {
  readonly #exact = new Map<string, number>();
  readonly #inside = new Map<string, number>();

  add(lines: readonly ChangeLine[]): void {
    const now = performance.now();
    this.#forget(now - FLASH_MS);
    for (const { path } of lines) {
      this.#exact.set(path, now);
      for (let inner = parentOf(path); inner !== undefined; inner = parentOf(inner)) this.#inside.set(inner, now);
    }
  }

  isMarked(path: string | undefined, expanded: boolean | undefined): boolean {
    if (path === undefined) return false;
    const at = this.#exact.get(path) ?? (expanded === false ? this.#inside.get(path) : undefined);
    return at !== undefined && performance.now() - at < FLASH_MS;
  }

  #forget(before: number): void {
    for (const map of [this.#exact, this.#inside]) {
      for (const [path, at] of map) if (at < before) map.delete(path);
    }
  }
}
