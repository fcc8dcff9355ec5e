import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..', '..');
const DEADLINE_MS = 20_000;

export const EXAMPLES = join(ROOT, 'examples');
export const CLI = join(ROOT, 'dist', 'cli', 'main.js');

/** An example as its own process group, with a region directory and a server port of its own. */
export class Example {
  readonly directory = mkdtempSync(join(tmpdir(), 'example-'));
  output = '';
  #process: ChildProcess | undefined;

  /** Starts `node` with these words, in the folder of the examples. */
  start(...words: string[]): this {
    const child = spawn(process.execPath, words, {
      cwd: EXAMPLES,
      env: { ...process.env, JSONMMAP_DIR: join(this.directory, 'regions'), PORT: '0', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#process = child;
    return this;
  }

  /** Copies a file of the examples to where it may be edited, and returns the path. */
  copy(file: string): string {
    const path = join(this.directory, basename(file));
    cpSync(join(EXAMPLES, file), path);
    return path;
  }

  /** Resolves with the first match of `pattern` in what was written. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(`the example says ${pattern}`, () => pattern.exec(this.output) ?? undefined);
  }

  /** Resolves with the first answer of `look` that is not undefined. */
  async until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`waited in vain until ${what}; it said:\n${this.output}`);
      await delay(20);
    }
  }

  /** Resolves with the exit code when it has ended by itself. */
  async ended(): Promise<number | null> {
    const child = this.#process as ChildProcess;
    return (await once(child, 'close', { signal: AbortSignal.timeout(DEADLINE_MS) }))[0];
  }

  /** Kills the process that was started, and none that it started. */
  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  /** Ends what is left of its processes and removes its files. */
  async close(): Promise<void> {
    const pid = this.#process?.pid;
    await this.#end();
    if (pid !== undefined) {
      await this.until('its processes are gone', () => (killGroup(pid) ? undefined : true));
    }
    const regions = join(this.directory, 'regions');
    const notes = existsSync(regions) ? readdirSync(regions).filter((name) => name.endsWith('.run')) : [];
    for (const note of notes) killFollowers(join(regions, note));
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** `jsonmmap run` ends its followers, which have groups of their own. */
  async #end(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(DEADLINE_MS) });
    child.kill('SIGTERM');
    await exit.catch(() => {});
  }
}

/** Kills the followers of a run that was killed, which has left a note of them. */
function killFollowers(note: string): void {
  for (const { pid } of JSON.parse(readFileSync(note, 'utf8')) as { pid: number }[]) killGroup(pid);
}

/** Kills all processes of a group; false when there are none. */
function killGroup(pid: number): boolean {
  try {
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
