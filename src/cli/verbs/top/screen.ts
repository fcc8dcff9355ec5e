/** Frames on a terminal, each over the one before, below what was there. log-update writes only the lines that differ. */
import { stripVTControlCharacters } from 'node:util';
import type { Io } from '../../io.js';

const DEFAULT_ROWS = 24;
const ESCAPE = '\u001b[';

type Update = ReturnType<typeof import('log-update').createLogUpdate>;
type Slice = typeof import('slice-ansi').default;

export class Screen {
  readonly #io: Io;
  readonly #update: Update;
  readonly #slice: Slice;
  #lines: readonly string[] = [];
  readonly #onResize: () => void;

  /** Begins to draw on standard output, which is a terminal. @param onResize Called when it has another size, and nothing is on it any more. */
  static async open(io: Io, onResize: () => void): Promise<Screen> {
    const [{ createLogUpdate }, { default: slice }] = await Promise.all([import('log-update'), import('slice-ansi')]);
    return new Screen(io, createLogUpdate(io.out), slice, onResize);
  }

  private constructor(io: Io, update: Update, slice: Slice, onResize: () => void) {
    this.#io = io;
    this.#update = update;
    this.#slice = slice;
    this.#onResize = () => {
      this.clear();
      onResize();
    };
    io.out.on('resize', this.#onResize);
  }

  get width(): number {
    return this.#io.width;
  }

  /** Lines of a frame: the cursor stays below it. */
  get height(): number {
    return Math.max(1, (this.#io.out.rows || DEFAULT_ROWS) - 1);
  }

  /** Draws a frame: its lines are cut, and those that have no room are left out. */
  draw(lines: readonly string[]): void {
    // What is counted as one column may take two; a line that wraps would be two lines.
    this.#lines = lines.slice(0, this.height).map((line) => (isAscii(line) ? line : this.#slice(line, 0, this.width)));
    this.#update(this.#lines.join('\n'));
  }

  /** Takes the frame off the terminal, and shows its cursor again. */
  clear(): void {
    const { width } = this;
    // A terminal that has become narrower has wrapped the lines that are on it.
    const rows = this.#lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(lengthOf(line) / width)), 0);
    if (rows > 0) this.#io.out.write(`\r${ESCAPE}${rows}A${ESCAPE}J`);
    this.leave();
  }

  /** Leaves the frame where it is, and shows the cursor below it. */
  leave(): void {
    this.#lines = [];
    this.#update.done();
  }

  /** Ends the drawing, after `clear` or `leave`. */
  close(): void {
    this.#io.out.off('resize', this.#onResize);
  }
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
  return /^[\u0000-\u007f]*$/.test(text);
}

function lengthOf(line: string): number {
  return stripVTControlCharacters(line).length;
}
