/** Where the followers write: straight to our own output, or through the relay, which labels their lines. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type SocketPair, socketPairs } from './socket-pair.js';

const LAST_LINES_MS = 2000;
const BACKOFF_MIN_MS = 50;
const BACKOFF_MAX_MS = 5000;
const WELL_AFTER_MS = 10_000;

export interface FollowerOutput {
  /** Standard input, output and error for follower `worker`, from 1. */
  stdio(worker: number): StdioOptions;
  /** Resolves when the last line has been passed on. */
  close(): Promise<void>;
}

/** Lets the followers write as they like. */
export const rawOutput: FollowerOutput = {
  stdio: () => ['ignore', 'inherit', 'inherit'],
  close: () => Promise.resolve(),
};

export interface Labels {
  readonly followers: number;
  /** `json`: each line becomes an object with time, worker and stream. */
  readonly format: 'text' | 'json';
  /** The prefix of each line of a follower, in text. */
  readonly label: (worker: number) => string;
  readonly note: (message: string) => void;
}

/** Labels each line. @throws `ERR_SYSTEM` where the sockets cannot be made */
export async function labelledOutput(labels: Labels): Promise<FollowerOutput> {
  return new RelayedOutput(labels, await socketPairs(labels.followers * 2));
}

/**
 * We keep both ends of what the followers write to, and read from neither: when the relay dies, the followers notice nothing, and the next relay
 * continues with what they have written in the meantime.
 */
class RelayedOutput implements FollowerOutput {
  readonly #labels: Labels;
  readonly #pairs: readonly SocketPair[];
  #relay: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #crashes = 0;
  #closed = false;

  constructor(labels: Labels, pairs: readonly SocketPair[]) {
    this.#labels = labels;
    this.#pairs = pairs;
    this.#start();
  }

  stdio(worker: number): StdioOptions {
    const [out, error] = this.#pairs.slice(worker * 2 - 2, worker * 2);
    return ['ignore', out.write, error.write];
  }

  /** A follower that outlives us still writes to the relay, which ends after it. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    for (const { write, read } of this.#pairs) {
      write.destroy();
      read.destroy();
    }
    const relay = this.#relay;
    if (relay === undefined) return;
    const exit = once(relay, 'exit', { signal: AbortSignal.timeout(LAST_LINES_MS) });
    relay.ref();
    await exit.catch(() => {});
    relay.unref();
  }

  #start(): void {
    const { followers, format, label } = this.#labels;
    const workers = Array.from({ length: followers }, (_, i) => i + 1);
    const inputs = workers.flatMap((worker) => [`out:${worker}:${label(worker)}`, `err:${worker}:${label(worker)}`]);
    const startedAt = performance.now();
    const relay = spawn(process.execPath, [join(import.meta.dirname, 'relay.js'), format, ...inputs], {
      stdio: ['ignore', 'inherit', 'inherit', ...this.#pairs.map(({ read }) => read)],
      detached: true, // not of our process group: Ctrl-C is not for it
    });
    relay.unref();
    this.#relay = relay;
    let isOver = false;
    const ended = (): void => {
      if (!isOver) this.#ended(startedAt);
      isOver = true;
    };
    relay.once('exit', ended);
    relay.once('error', ended);
  }

  #ended(startedAt: number): void {
    this.#relay = undefined;
    if (this.#closed) return;
    this.#crashes = performance.now() - startedAt > WELL_AFTER_MS ? 1 : this.#crashes + 1;
    this.#labels.note('the process that forwards the output of the followers has ended: starting it again');
    const backoffMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (this.#crashes - 1));
    this.#restart = setTimeout(() => this.#start(), backoffMs).unref();
  }
}
