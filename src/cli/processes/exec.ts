/** The command that `watch --exec` runs for each change. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errnoOf, systemError } from '../../errors.js';

export interface Execution {
  /** A line for the shell. */
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
  /** What it reads from standard input. */
  readonly input: Iterable<string>;
  /** Ends the command with SIGTERM. */
  readonly signal: AbortSignal;
}

/** A command that does not read its input, or not to the end, is none of our business. */
const READS_NO_MORE = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'];

/** Runs a command to its end. Returns how it failed, such as "exit code 2"; undefined when it did not. @throws `ERR_SYSTEM` without a shell */
export async function execute({ command, env, input, signal }: Execution): Promise<string | undefined> {
  const child = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env });
  const kill = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', kill);
  try {
    const [[code, killedBy]] = await Promise.all([ended(child), feed(child, input)]);
    if (code === 0) return undefined;
    return code === null ? String(killedBy) : `exit code ${code}`;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

async function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  try {
    return (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  } catch (error) {
    throw systemError(error, 'start a shell');
  }
}

async function feed({ stdin }: ChildProcess, input: Iterable<string>): Promise<void> {
  if (stdin === null) return;
  try {
    await pipeline(Readable.from(input), stdin);
  } catch (error) {
    if (!READS_NO_MORE.includes(errnoOf(error) ?? '')) throw error;
  }
}
