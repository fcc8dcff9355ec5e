/** A process that runs verbs of the command and ends with the process of the tests: `test/programs/command-server.mjs`. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Outcome } from './command.js';

const program = join(import.meta.dirname, '..', 'programs', 'command-server.mjs');

export class CommandServer {
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** Runs one verb, after those that were asked for before. */
  ask(args: readonly string[], input: string | Uint8Array, dir: string): Promise<Outcome> {
    const outcome = this.#last.then(async () => {
      this.#child ??= await started();
      const child = this.#child;
      const ended = new AbortController();
      const answer = once(child, 'message', { signal: ended.signal });
      const died = once(child, 'exit', { signal: ended.signal }).then(([code, signal]) => {
        throw new Error(`the server of commands ended with ${signal ?? `code ${code}`} during ${args.join(' ')}`);
      });
      child.send({ args, input: Buffer.from(input).toString('base64'), dir });
      try {
        return (await Promise.race([answer, died]))[0] as Outcome;
      } finally {
        ended.abort();
        await Promise.allSettled([answer, died]);
      }
    });
    this.#last = outcome.catch(() => {});
    return outcome;
  }
}

async function started(): Promise<ChildProcess> {
  const { NO_COLOR, FORCE_COLOR, ...env } = process.env;
  const child = fork(program, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(child, 'message');
  return child;
}
