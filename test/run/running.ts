import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
export const FOLLOWER = join(import.meta.dirname, '..', 'programs', 'run-follower.mjs');
const DEADLINE_MS = 20_000;

/** What the test follower wrote. */
export interface Line {
  readonly worker: number;
  readonly pid: number;
  readonly event: 'start' | 'value' | 'master' | 'sigterm';
  readonly value?: unknown;
  readonly alive?: boolean;
  readonly atMs?: number;
}

/** A directory with a watched file, and the runs started in it. */
export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), 'run-'));
  readonly file = join(this.directory, 'app.json');
  readonly regions = join(this.directory, 'regions');
  readonly #log = join(this.directory, 'log');
  readonly #runs: ChildProcess[] = [];

  constructor() {
    writeFileSync(this.#log, '');
  }

  save(value: unknown): void {
    writeFileSync(this.file, JSON.stringify({ value }));
  }

  /** Starts `jsonmmap run` with these words behind the file; the test follower is the command unless `command` names another. */
  run(
    words: readonly string[],
    { command = [process.execPath, FOLLOWER], env = {} }: { command?: string[]; env?: NodeJS.ProcessEnv } = {},
  ) {
    const child = spawn(
      process.execPath,
      [CLI, 'run', this.file, ...words, ...(command.length > 0 ? ['--', ...command] : [])],
      {
        env: { ...process.env, JSONMMAP_DIR: this.regions, LOG: this.#log, NO_COLOR: '1', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#runs.push(child);
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      output.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.err += chunk;
    });
    const ended = once(child, 'close').then(([code]) => code as number | null);
    return { child, output, ended };
  }

  /** Runs another verb to its end. */
  async verb(...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, [CLI, ...words], {
      env: { ...process.env, JSONMMAP_DIR: this.regions, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = (await once(child, 'close')) as [number | null];
    const [out, err] = await output;
    return { code, out, err };
  }

  lines(): Line[] {
    return readFileSync(this.#log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  /** The last value that each worker saw. */
  lastValues(): unknown[] {
    const values: unknown[] = [];
    for (const { worker, event, value } of this.lines()) if (event === 'value') values[worker - 1] = value;
    return values;
  }

  async close(): Promise<void> {
    await Promise.all(this.#runs.map(ended));
    for (const { pid } of this.lines()) killIfThere(pid);
    await delay(50);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Ends a run and, in order, its followers: the second signal kills them. */
async function ended(run: ChildProcess): Promise<void> {
  if (run.exitCode !== null || run.signalCode !== null) return;
  const exit = once(run, 'exit', { signal: AbortSignal.timeout(DEADLINE_MS) });
  run.kill('SIGTERM');
  run.kill('SIGCONT');
  const again = setInterval(() => run.kill('SIGINT'), 500);
  await exit.catch(() => run.kill('SIGKILL'));
  clearInterval(again);
}

/** Whether a process runs, and is no zombie. */
export function runs(pid: number): boolean {
  return !['', 'Z', 'X'].includes(stateOf(pid));
}

/** As proc(5) says: R running, S sleeping, T stopped, Z zombie; nothing where there is no such process. */
export function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return '';
  }
}

export function parentOf(pid: number): number {
  return Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]);
}

/** Returns the children of a process whose command line contains `text`. */
export function childrenOf(parent: number, text: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return parentOf(pid) === parent && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
      } catch {
        return false; // no process, or gone
      }
    });
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}

/** Waits until `holds`, and fails with `what` when it never does. */
export async function until(what: string | (() => string), holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${typeof what === 'string' ? what : what()}`);
    await delay(10);
  }
}
