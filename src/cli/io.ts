/** Where the command reads and writes: data to standard output, messages to standard error. */
import { once } from 'node:events';
import { errnoOf, systemError } from '../errors.js';
import { ExitCode } from './exit-codes.js';
import { jsonText } from './output/json-text.js';
import { type Paint, painterFor } from './output/paint.js';
import { safe, safeLines } from './output/safe.js';

const DEFAULT_WIDTH = 80;

/** Streams are opened when they are first used: each takes longer than most verbs do. */
export class Io {
  readonly out = process.stdout;
  readonly env = process.env;
  /** For what goes to standard output. */
  readonly paint: Paint = painterFor(this.out, this.env);
  #err: typeof process.stderr | undefined;

  get in(): typeof process.stdin {
    return process.stdin;
  }

  get err(): typeof process.stderr {
    // Nobody is left to tell that messages cannot be written.
    this.#err ??= process.stderr.on('error', () => {});
    return this.#err;
  }

  /** For what goes to standard error. */
  get paintNote(): Paint {
    return painterFor(this.err, this.env);
  }

  /** Columns of a line on standard output; no limit where it is no terminal. */
  get width(): number {
    return this.out.isTTY ? this.out.columns || DEFAULT_WIDTH : Infinity;
  }

  /** Ends the process quietly when the reader of our output has gone, and with `onError` when the output cannot be written. */
  watchOutput(onError: (error: unknown) => void): void {
    this.out.on('error', (error) => {
      if (isReaderGone(error)) process.exit(ExitCode.OK);
      onError(systemError(error, 'write to standard output'));
    });
  }

  /** Writes data unchanged. Waits for the reader where it is slower. */
  async write(text: string): Promise<void> {
    if (text !== '' && !this.out.write(text)) await once(this.out, 'drain');
  }

  /** Writes part of a document: unchanged to a file or pipe, and harmless to a terminal. */
  writeDocument(text: string): Promise<void> {
    return this.write(this.out.isTTY ? safeLines(text) : text);
  }

  /** Writes a line, or several, of data. */
  print(text: string): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** Writes `value` for a machine: JSON on one line, harmless to a terminal that shows it. */
  printJson(value: unknown): Promise<void> {
    return this.print(safe(jsonText(value)));
  }

  /** Writes a message for a person. */
  note(text: string): void {
    this.err.write(`${text}\n`);
  }

  /** Resolves when everything is written, or cannot be and that has been told. */
  async flush(): Promise<void> {
    const used = this.#err === undefined ? [this.out] : [this.out, this.#err];
    const pending = used.filter(({ writableLength }) => writableLength > 0);
    await Promise.all(pending.map((stream) => new Promise((done) => stream.write('', done))));
    // A stream emits 'error' some ticks after the write that has failed: all of them have run before the next turn of the loop.
    await new Promise((done) => setImmediate(done));
  }
}

/** Whether a write has failed because nobody reads any more. A socket that is closed during the write says ECONNRESET, a pipe always EPIPE. */
export function isReaderGone(error: unknown): boolean {
  return ['EPIPE', 'ECONNRESET'].includes(errnoOf(error) ?? '');
}
