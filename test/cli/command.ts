/** The real command, as a user runs it: a process, with a region directory of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEachFile, beforeEachFile } from '../cleanup.js';
import { isFull } from '../effort.js';
import { CommandServer } from './command-server.js';

const root = join(import.meta.dirname, '..', '..');
export const main = join(root, 'dist', 'cli', 'main.js');

/** Whether another user may run the command of this checkout: `mktemp -d` makes directories that only their owner enters. */
export const othersMayRun: boolean = directoriesAbove(main).every((path) => (statSync(path).mode & 0o001) !== 0);

function directoriesAbove(path: string): string[] {
  const directory = dirname(path);
  return directory === path ? [] : [directory, ...directoriesAbove(directory)];
}

/** A directory that is empty when the tests of a file begin, and removed when they have ended; also what `JSONMMAP_DIR` says to their commands. */
export const dir = mkdtempSync(join(tmpdir(), 'jsonmmap-cli-'));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
}

const children = new Set<ChildProcess>();
const server = new CommandServer();

beforeEachFile(() => {
  mkdirSync(dir, { recursive: true });
});
afterEachFile(async () => {
  const ends = [...children].map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ends);
  rmSync(dir, { recursive: true, force: true });
});

/**
 * Runs `jsonmmap` to its end: in a process of its own, in the short run in one that runs one verb after the other, unless the verb or its environment
 * are about the process.
 */
export async function jsonmmap(
  args: readonly (string | number)[],
  { input = '', env }: RunOptions = {},
): Promise<Outcome> {
  if (!isFull && env === undefined && isPlain(args)) return server.ask(args.map(String), input, dir);
  const child = start(args, env);
  child.stdin?.on('error', () => {}); // not every verb reads it
  child.stdin?.end(input);
  return outcome(child);
}

/** Verbs that start processes or wait for signals; files that are devices or pipes of the process. */
const OWN_PROCESS = /^(run|exec|watch|bench|top|inspect)$|^\/(dev|proc)\//;

function isPlain(args: readonly (string | number)[]): boolean {
  return !args.some((word) => OWN_PROCESS.test(String(word)));
}

/** Starts `jsonmmap` and leaves it running; it is killed at the end of the tests at the latest. */
export function start(args: readonly (string | number)[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return track(spawn(process.execPath, [main, ...args.map(String)], { stdio: 'pipe', env: environment(env) }));
}

/** Starts a program of `test/programs`, and returns when it has printed its first line. */
export async function startProgram(program: string, ...args: string[]): Promise<ChildProcess> {
  const child = track(
    spawn(process.execPath, [join(root, 'test', 'programs', program), ...args], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

/** What a terminal shows: the command run by util-linux's script(1) under a pseudo terminal of 80 columns. */
export async function inTerminal(commandLine: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { code, stdout, stderr } = await outcome(startInTerminal(commandLine, env));
  return { code, stderr, stdout: stdout.replaceAll('\r\n', '\n') };
}

/** Starts a command in a terminal; what is written to its standard input is what somebody types. */
export function startInTerminal(commandLine: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const jsonmmap = `${process.execPath} ${main}`;
  const line = `stty cols 80 rows 30; ${commandLine.replaceAll('jsonmmap ', `${jsonmmap} `)}`;
  const options = { stdio: 'pipe', env: environment({ TERM: 'xterm', SHELL: '/bin/sh', ...env }) } as const;
  return track(spawn('script', ['-qefc', line, '/dev/null'], options));
}

export async function outcome(child: ChildProcess): Promise<Outcome> {
  const streams = [text(child.stdout as NodeJS.ReadableStream), text(child.stderr as NodeJS.ReadableStream)];
  const [code] = (await once(child, 'close')) as [number | null];
  const [stdout, stderr] = await Promise.all(streams);
  return { code, stdout, stderr };
}

/** Runs `look` until it returns something; for what another process does in its own time. */
export async function until<T>(look: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error('it did not happen within 20 seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Colour and directory are the test's to decide, not the developer's. */
function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NO_COLOR, FORCE_COLOR, ...inherited } = process.env;
  return { ...inherited, JSONMMAP_DIR: dir, ...env };
}

function track(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}
