/** The Python beside us, for tests that compare with it or talk to it. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

export const hasPython = spawnSync('python3', ['-c', 'import mmap']).status === 0;

/** A reason to put into a suite's name. */
export const noPython = hasPython ? '' : ' (skipped: there is no python3)';

/** A Python program, by its path or by its name in `test/programs/`, that answers each line of JSON with a line of JSON. */
export class PythonPeer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  constructor(program: string, ...args: string[]) {
    this.#child = spawn('python3', [resolve(import.meta.dirname, 'programs', program), ...args]);
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  async ask<T>(question: unknown): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the Python program has ended');
    return JSON.parse(value) as T;
  }

  close(): void {
    this.#lines.close();
    this.#child.kill();
  }
}
