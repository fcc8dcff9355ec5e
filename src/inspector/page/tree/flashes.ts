/** Which rows have changed just now: a collapsed container has if anything in it has. */
import type { ChangeLine } from '../../api.js';
import { parentOf } from '../client/pointers.js';

/** As long as the animation of the style sheet. */
const FLASH_MS = 1600;

interface Flash {
  readonly turn: number;
  readonly at: number;
}

export class Flashes {
  readonly #exact = new Map<string, Flash>();
  readonly #inside = new Map<string, Flash>();
  #turn = 0;

  add(lines: readonly ChangeLine[]): void {
    const flash = { turn: this.#turn++, at: performance.now() };
    this.#forget(flash.at - FLASH_MS);
    for (const { path } of lines) {
      this.#exact.set(path, flash);
      for (let inner = parentOf(path); inner !== undefined; inner = parentOf(inner)) this.#inside.set(inner, flash);
    }
  }

  /** Returns the class of a row: two take turns, so that an animation starts again. */
  classOf(path: string | undefined, expanded: boolean | undefined): string {
    if (path === undefined) return '';
    const flash = this.#exact.get(path) ?? (expanded === false ? this.#inside.get(path) : undefined);
    if (flash === undefined || performance.now() - flash.at > FLASH_MS) return '';
    return `flash-${flash.turn % 2}`;
  }

  #forget(before: number): void {
    for (const map of [this.#exact, this.#inside]) {
      for (const [path, { at }] of map) if (at < before) map.delete(path);
    }
  }
}
