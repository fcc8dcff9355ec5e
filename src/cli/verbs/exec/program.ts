/** The program that `exec` runs: started, started again with other variables, and followed to its end. */
import { type Command, type Exit, type FollowerProcess, startProcess } from '../../../run/follower-process.js';
import { sameVariables } from './variables.js';

export type Variables = ReadonlyMap<string, string>;

export interface ProgramOptions {
  /** Its environment is what the program has besides the variables. */
  readonly command: Command;
  /** What a change of the variables does. */
  readonly onChange: 'restart' | 'ignore' | NodeJS.Signals;
  /** Whether it is a job of the terminal that we run in; otherwise it gets a session of its own. */
  readonly inTerminal: boolean;
  /** How long the program may take to end before a restart kills it. */
  readonly graceMs: number;
  /** Tells a person what happens. */
  readonly note: (message: string) => void;
}

export class Program {
  /** Resolves when the program has ended, and is not started again. Rejects when it cannot be started again, and with the error of `fail`. */
  readonly done: Promise<Exit>;
  readonly #options: ProgramOptions;
  #process: FollowerProcess;
  /** What the document says now. */
  #wanted: Variables;
  /** Whether the process was told to end, so that another one takes its place. */
  #isReplaced = false;
  #isStopped = false;
  #failure: { readonly error: unknown } | undefined;

  private constructor(options: ProgramOptions, process: FollowerProcess, variables: Variables) {
    this.#options = options;
    this.#process = process;
    this.#wanted = variables;
    this.done = this.#untilOver();
  }

  /** @throws `ERR_COMMAND` */
  static async start(options: ProgramOptions, variables: Variables): Promise<Program> {
    return new Program(options, await start(options, variables), variables);
  }

  /** Takes other variables. Those that come while the program restarts are seen by the process that is started then. */
  change(variables: Variables): void {
    if (sameVariables(variables, this.#wanted)) return;
    this.#wanted = variables;
    const { onChange, note } = this.#options;
    if (onChange === 'ignore' || this.#isReplaced || this.#isStopped) return;
    if (onChange === 'restart') this.#replace();
    else {
      note(`the variables have changed: ${onChange} to the program`);
      this.#process.signal(onChange);
    }
  }

  /** Sends a signal to the program, and outside a terminal to all that it has started. */
  signal(signal: NodeJS.Signals): void {
    this.#process.signal(signal);
  }

  /**
   * Sends a signal that usually ends programs, unless the program has got it already. It is not restarted any more, so that it can end in its own time; after SIGHUP, which many take for a
   * wish to read their files again, only a restart that is under way is given up.
   */
  stop(signal: NodeJS.Signals, { isSent = false } = {}): void {
    this.#isStopped ||= this.#isReplaced || signal !== 'SIGHUP';
    if (!isSent) this.#process.signal(signal);
  }

  /** Ends the program, and rejects `done` with `error`, which should not be. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    void this.#process.end(this.#options.graceMs);
  }

  #replace(): void {
    this.#options.note('the variables have changed: restarting the program');
    this.#isReplaced = true;
    void this.#process.end(this.#options.graceMs);
  }

  async #untilOver(): Promise<Exit> {
    const { graceMs } = this.#options;
    for (;;) {
      const exit = await this.#process.exited;
      if (!this.#isReplaced || this.#failure !== undefined) return this.#over(exit);
      // Its successor may want the same port as what it has started.
      await this.#process.end(graceMs);
      if (this.#isStopped) return this.#over(exit);
      const variables = this.#wanted;
      this.#process = await start(this.#options, variables);
      this.#isReplaced = false;
      if (this.#failure !== undefined) void this.#process.end(graceMs);
      else if (!sameVariables(variables, this.#wanted)) this.#replace();
    }
  }

  #over(exit: Exit): Exit {
    if (this.#failure !== undefined) throw this.#failure.error;
    return exit;
  }
}

function start({ command, inTerminal }: ProgramOptions, variables: Variables): Promise<FollowerProcess> {
  const env = { ...command.env, ...Object.fromEntries(variables) };
  return startProcess({ ...command, env }, 'inherit', !inTerminal);
}
