/** The editor of the user. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CommandError } from '../../../command-error.js';

/** The first of them that there is: what Debian calls the editor of the system, and what POSIX has. */
const DEFAULTS = ['editor', 'vi', 'nano'];
/** What a shell answers for a program that does not exist. */
const NOT_FOUND = 127;
/** A shell answers this, and the number of the signal. */
const KILLED = 128;
const CURE = 'name an editor in $VISUAL or $EDITOR';

/**
 * Runs `$VISUAL`, else `$EDITOR`, on `path`, and returns when it has ended. The shell reads the words of the variable, so it can have
 * arguments. Ctrl-C belongs to the editor meanwhile; SIGTERM and SIGHUP end it.
 * @throws `ERR_EDITOR` where it cannot be started, fails, or is killed
 */
export async function runEditor(env: NodeJS.ProcessEnv, path: string): Promise<void> {
  const editor = editorOf(env);
  const child = spawn('/bin/sh', ['-c', `${editor} "$@"`, editor, path], { stdio: 'inherit', env });
  let ending: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals): void => {
    ending = signal;
    child.kill(signal);
  };
  const ignore = (): void => {};
  process.on('SIGINT', ignore).on('SIGQUIT', ignore).on('SIGTERM', end).on('SIGHUP', end);
  try {
    const [code, signal] = (await once(child, 'exit').catch(withoutShell)) as [number | null, NodeJS.Signals | null];
    const reason = reasonOf(code, ending ?? signal);
    if (reason !== undefined) throw new CommandError('ERR_EDITOR', `the editor, ${editor}, ${reason}`, { cure: CURE });
  } finally {
    process.off('SIGINT', ignore).off('SIGQUIT', ignore).off('SIGTERM', end).off('SIGHUP', end);
  }
}

function editorOf(env: NodeJS.ProcessEnv): string {
  const named = env.VISUAL || env.EDITOR;
  if (named) return named;
  const directories = (env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  const found = DEFAULTS.find((name) => directories.some((directory) => existsSync(join(directory, name))));
  if (found !== undefined) return found;
  throw new CommandError('ERR_EDITOR', `there is no editor: neither ${DEFAULTS.join(' nor ')}`, {
    cure: CURE,
  });
}

function withoutShell(cause: unknown): never {
  throw new CommandError('ERR_EDITOR', 'the shell that starts the editor, /bin/sh, could not be started', { cause });
}

/** Undefined where it has done its work. */
function reasonOf(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal !== null) return `was ended by ${signal}`;
  if (code === 0 || code === null) return undefined;
  if (code === NOT_FOUND) return 'was not found';
  return code > KILLED ? `was ended by signal ${code - KILLED}` : `ended with exit code ${code}`;
}
