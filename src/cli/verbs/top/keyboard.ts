/** Keys of a terminal, one at a time and without echo. */
import { emitKeypressEvents, type Interface } from 'node:readline';
import type { Streams } from '../../io.js';
import type { Key } from './view.js';

/** A lone escape is a key; what follows one within this time makes it another, such as an arrow. */
const ESCAPE_MS = 50;

export class Keyboard {
  readonly #input: Streams['stdin'];
  readonly #onKey: (text: string | undefined, key: Key) => void;

  /** Begins to listen. Standard input that is no terminal has no keys. */
  constructor(input: Streams['stdin'], onKey: (key: Key) => void) {
    this.#input = input;
    this.#onKey = (_text, key) => onKey(key);
    if (!input.isTTY) return;
    // Of the interface, nothing but this time is used.
    emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
    input.on('keypress', this.#onKey);
    this.resume();
  }

  /** Takes the terminal again, after another program had it. */
  resume(): void {
    if (!this.#input.isTTY) return;
    this.#input.setRawMode(true);
    this.#input.resume();
  }

  /** Restores the terminal. */
  pause(): void {
    if (!this.#input.isTTY) return;
    this.#input.setRawMode(false);
    this.#input.pause();
  }

  close(): void {
    this.pause();
    this.#input.off('keypress', this.#onKey);
  }
}
