/** The program that `exec` runs: started, started again with other variables, and followed to its end. */
import { type Command, type Exit, type FollowerProcess, startProcess } from '../../../run/follower-process.js';
import { sameVariables } from './variables.js';

export type Variables = ReadonlyMap<string, string>;

export interface ProgramOptions {
  /** Its environment is what the program has besides our own one and the variables, whatever they say. */
  readonly command: Command;
  /** What a change of the variables does. */
  readonly onChange: 'restart' | 'ignore' | NodeJS.Signals;
  /** Whether it is a job of the terminal that we run in; otherwise it gets a session of its own. */
  readonly inTerminal: boolean;
  /** How long the program may take to end before a restart kills it. */
  readonly graceMs: number;
  /** Tells a person what happens. */
  readonly note: (message: string) => void;
  /** Tells a person why the program keeps the variables that it had. */
  readonly refused: (error: unknown) => void;
}

/** A program that changes reach at any rate would spend its time with restarts, and get a signal before it listens. */
const BETWEEN_CHANGES_MS = 1000;

export class Program {
  /** Resolves when the program has ended, and is not started again. Rejects when it cannot be started again, and with the error of `fail`. */
  readonly done: Promise<Exit>;
  readonly #options: ProgramOptions;
  #process: FollowerProcess;
  /** What the document says now. */
  #wanted: Variables;
  /** What the process was started with, or has had a signal for. */
  #known: Variables;
  /** When the next change may reach the process, as `performance.now()` counts. */
  #quietUntil = performance.now() + BETWEEN_CHANGES_MS;
  #timer: NodeJS.Timeout | undefined;
  /** Whether the process was told to end, so that another one takes its place. */
  #isReplaced = false;
  #isStopped = false;
  #failure: { readonly error: unknown } | undefined;

  private constructor(options: ProgramOptions, process: FollowerProcess, variables: Variables) {
    this.#options = options;
    this.#process = process;
    this.#wanted = variables;
    this.#known = variables;
    this.done = this.#untilOver().finally(() => clearTimeout(this.#timer));
  }

  /** @throws `ERR_COMMAND` */
  static async start(options: ProgramOptions, variables: Variables): Promise<Program> {
    return new Program(options, await start(options, variables), variables);
  }

  /** Takes other variables. They reach the program at most once a second; those that come meanwhile are taken together. */
  change(variables: Variables): void {
    this.#wanted = variables;
    this.#react();
  }

  /** Sends a signal to the program, and outside a terminal to all that it has started. */
  signal(signal: NodeJS.Signals): void {
    this.#process.signal(signal);
  }

  suspend(): void {
    this.signal('SIGSTOP');
  }

  resume(): void {
    this.signal('SIGCONT');
  }

  /**
   * Sends a signal that usually ends programs, unless the program has got it already. It cancels a restart that is under way, and none
   * follows SIGTERM. After another one, changes wait for the grace period: a program that still runs then has decided to go on.
   */
  stop(signal: NodeJS.Signals, { isSent = false } = {}): void {
    if (signal === 'SIGTERM' || this.#isReplaced) this.#isStopped = true;
    else this.#beQuiet(Math.max(this.#options.graceMs, BETWEEN_CHANGES_MS));
    if (!isSent) this.#process.signal(signal);
  }

  /** Ends the program, and rejects `done` with `error`, which should not be. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    void this.#process.end(this.#options.graceMs);
  }

  /** Tells the process of what it does not know yet, now or later. */
  #react(): void {
    const { onChange, note } = this.#options;
    clearTimeout(this.#timer);
    if (onChange === 'ignore' || this.#isReplaced || this.#isStopped || this.#failure !== undefined) return;
    if (sameVariables(this.#wanted, this.#known)) return;
    const waitMs = this.#quietUntil - performance.now();
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.#react(), waitMs);
      return;
    }
    if (onChange === 'restart') {
      this.#replace();
      return;
    }
    note(`the variables have changed: ${onChange} to the program`);
    this.#known = this.#wanted;
    this.#beQuiet(BETWEEN_CHANGES_MS);
    this.#process.signal(onChange);
  }

  #beQuiet(durationMs: number): void {
    this.#quietUntil = Math.max(this.#quietUntil, performance.now() + durationMs);
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
      await this.#startAgain();
      this.#isReplaced = false;
      this.#beQuiet(BETWEEN_CHANGES_MS);
      if (this.#failure !== undefined) void this.#process.end(graceMs);
      this.#react();
    }
  }

  /** With the variables that it had, where the system refuses those that are wanted: they may be longer than it takes. */
  async #startAgain(): Promise<void> {
    const variables = this.#wanted;
    try {
      this.#process = await start(this.#options, variables);
      this.#known = variables;
    } catch (error) {
      this.#process = await start(this.#options, this.#known);
      if (this.#wanted === variables) this.#wanted = this.#known;
      this.#options.refused(error);
    }
  }

  #over(exit: Exit): Exit {
    if (this.#failure !== undefined) throw this.#failure.error;
    return exit;
  }
}

function start({ command, inTerminal }: ProgramOptions, variables: Variables): Promise<FollowerProcess> {
  const { file, args, env } = command;
  return startProcess(
    { file, args, env: { ...process.env, ...Object.fromEntries(variables), ...env } },
    'inherit',
    !inTerminal,
  );
}
