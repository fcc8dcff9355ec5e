/** An output that many inputs write to, none of them faster than it is read. */
import type { Readable, Writable } from 'node:stream';

export class Outlet {
  readonly #output: Writable;
  readonly #waiting = new Set<Readable>();
  #isGone = false;

  constructor(output: Writable) {
    this.#output = output;
    output.on('drain', () => this.#resume());
    // The reader of the output is gone; the inputs must not wait for it.
    output.on('error', () => {
      this.#isGone = true;
      this.#resume();
    });
  }

  /** Writes `text`, and lets `input` pause while the output takes no more. */
  write(text: string, input: Readable): void {
    if (this.#isGone || this.#output.write(text)) return;
    input.pause();
    this.#waiting.add(input);
  }

  #resume(): void {
    for (const input of this.#waiting) input.resume();
    this.#waiting.clear();
  }
}
