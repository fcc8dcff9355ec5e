/** Questions to a person at a terminal. */
import { ExitCode } from './exit-codes.js';
import type { Io } from './io.js';

/** Whether somebody can be asked. */
export function canAsk(io: Io): boolean {
  return Boolean(io.in.isTTY && io.err.isTTY);
}

/**
 * Asks until the answer begins with one of the letters `answers`, which it returns; an empty answer is the first of them if there is one in
 * upper case. Undefined when the input ends, or at Ctrl-C or SIGTERM, which set the exit code.
 */
export async function ask(io: Io, question: string, answers: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: io.in, output: io.err, terminal: true });
  let onTerminate = (): void => {};
  const ended = new Promise<undefined>((resolve) => {
    const endWith = (exitCode: ExitCode) => () => {
      process.exitCode = exitCode;
      io.note('');
      resolve(undefined);
    };
    onTerminate = endWith(ExitCode.TERMINATED);
    process.once('SIGTERM', onTerminate);
    lines.once('SIGINT', endWith(ExitCode.INTERRUPTED));
    lines.once('close', () => resolve(undefined));
  });
  try {
    for (;;) {
      const answer = await Promise.race([lines.question(question), ended]);
      if (answer === undefined) return undefined;
      const meant = answer.trim().charAt(0).toLowerCase() || /[A-Z]/.exec(answers)?.[0].toLowerCase();
      if (meant !== undefined && answers.toLowerCase().includes(meant)) return meant;
    }
  } finally {
    process.off('SIGTERM', onTerminate);
    lines.close();
  }
}
