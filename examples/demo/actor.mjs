/** A process of the demonstration, as the viewer sees it. */
import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';

const REPLY_TIMEOUT_MS = 60_000;

export class Actor {
  /** What it is called; the story renames a standby that becomes master. */
  role;
  /** What it is busy with, in words. */
  doing = '';
  /** What it said of itself when it was last looked at. */
  state = { version: 0 };
  #child;
  #messages = new EventEmitter();
  #stop;
  #mayEnd = false;

  /**
   * Starts `program` with `args`. When it ends without having been asked to, `stop` is aborted with the reason, which ends the demonstration.
   * @param {AbortController} stop
   */
  constructor(role, program, args, stop) {
    this.role = role;
    this.#stop = stop;
    this.#child = fork(join(import.meta.dirname, program), args, { execArgv: ['--expose-gc'] });
    this.#child.on('message', ({ type, ...facts }) => this.#receive(type, facts));
    this.#child.on('error', (error) => stop.abort(error));
    this.#child.on('exit', (code, signal) => this.#ended(code, signal));
  }

  get pid() {
    return this.#child.pid;
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Calls `listener` with each message of a type. */
  on(type, listener) {
    this.#messages.on(type, listener);
  }

  /** Sends a command. One that ends at this very moment does not hear it: `stop` learns of that. */
  tell(command, argument) {
    if (this.isRunning && this.#child.connected) this.#child.send({ command, argument }, () => {});
  }

  /**
   * Resolves with the next message of `type`; may be called before it is time to wait for it.
   * @throws the reason of `stop`, or that nothing came within a minute
   */
  hear(type) {
    const message = this.#next(type);
    message.catch(() => {}); // whoever awaits it is told; who has ended meanwhile need not be
    return message;
  }

  /** Tells `command`, and resolves with the message of `type` that answers it. */
  ask(command, type, argument) {
    const reply = this.hear(type);
    this.tell(command, argument);
    return reply;
  }

  get wasKilled() {
    return this.#child.signalCode === 'SIGKILL';
  }

  /** Kills it at once, and resolves when it is gone. */
  async kill() {
    this.#mayEnd = true;
    if (!this.isRunning) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #next(type) {
    const deadline = AbortSignal.timeout(REPLY_TIMEOUT_MS);
    try {
      const [facts] = await once(this.#messages, type, { signal: AbortSignal.any([this.#stop.signal, deadline]) });
      return facts;
    } catch (error) {
      this.#stop.signal.throwIfAborted();
      throw deadline.aborted ? new Error(`${this.role} (${this.pid}) did not say "${type}" within a minute`) : error;
    }
  }

  #receive(type, facts) {
    if (type === 'look') this.state = facts;
    else this.#messages.emit(type, facts);
  }

  #ended(code, signal) {
    if (this.#mayEnd || code === 0) return;
    this.#stop.abort(new Error(`${this.role} (pid ${this.pid}) ended with ${signal ?? `exit code ${code}`}`));
  }
}
