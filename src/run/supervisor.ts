/**
 * Runs followers: starts them, starts them again when they crash, replaces them one by one, and ends them. Each has a loop of its own;
 * `done` holds the reason why the loops ended.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessId } from '../system/process.js';
import { Conflated } from './conflated.js';
import { adoptFollower, type Command, type Exit, type FollowerProcess, startFollower } from './follower-process.js';
import type { FollowerOutput } from './output.js';
import type { RosterEntry } from './proof.js';

export interface SupervisorOptions {
  readonly followers: number;
  readonly command: Command;
  readonly output: FollowerOutput;
  /** How long a follower may take to end before it is killed. */
  readonly graceMs: number;
  /** So many crashes in a row, and the run is given up. */
  readonly crashesMax: number;
  /** Followers that run already. */
  readonly adopted: readonly RosterEntry[];
  /** Tells a person what happens. */
  readonly note: (message: string) => void;
  /** Whether the process, or one that it has started, has opened the region. */
  readonly isFollowing: (follower: ProcessId) => boolean;
  /** Called when another set of followers runs; does not throw. */
  readonly changed: (followers: readonly RosterEntry[]) => void;
}

/** What has become of a follower that was replaced. */
export interface Replacement {
  readonly worker: number;
  /** Undefined where none runs in its place. */
  readonly pid: number | undefined;
  /** Whether it has opened the region. */
  readonly ready: boolean;
}

/** Why no follower runs any more. */
export type RunEnd = 'finished' | 'stopped' | 'crashed';

const BACKOFF_MIN_MS = 100;
const BACKOFF_MAX_MS = 10_000;
/** A follower that has run for this long was healthy: its next crash counts as the first. */
const WELL_AFTER_MS = 10_000;
/** A replacement that has not opened the region by then may never do so: the next follower is replaced anyway. */
const READY_WITHIN_MS = 5000;
const READY_POLL_MS = 20;
const SIGNAL_TO_ALL_MS = 50;

export class Supervisor {
  /** Resolves when no follower runs, and none will be started; rejects then when one could not be started at all. */
  readonly done: Promise<RunEnd>;
  readonly #options: SupervisorOptions;
  readonly #running = new Map<number, FollowerProcess>();
  /** Followers that we ended ourselves, to be replaced at once. */
  readonly #replaced = new Set<FollowerProcess>();
  readonly #stop = new AbortController();
  readonly #restarts = new Conflated(() => this.#restart());
  #gaveUp = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const loops = Array.from({ length: options.followers }, (_, i) => this.#loop(i + 1));
    this.done = this.#end(loops);
  }

  /** The followers that run now. */
  get running(): RosterEntry[] {
    return [...this.#running].map(([worker, { pid, startTime }]) => ({ worker, pid, startTime }));
  }

  /** Asks all followers to end, and kills those that take longer than the grace period. Again: kills them now. */
  stop(): void {
    if (this.#stop.signal.aborted) {
      this.signal('SIGKILL');
      return;
    }
    this.#stop.abort();
    for (const follower of this.#running.values()) void follower.end(this.#options.graceMs);
  }

  /** Replaces all followers, one after the other, and returns what has become of each. Asked for while that is under way, it begins again behind it. */
  restart(): Promise<readonly Replacement[]> {
    return this.#restarts.request();
  }

  /** Sends a signal to all followers and what they have started. */
  signal(signal: NodeJS.Signals): void {
    for (const follower of this.#running.values()) follower.signal(signal);
  }

  async #end(loops: readonly Promise<void>[]): Promise<RunEnd> {
    const results = await Promise.allSettled(loops);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return this.#gaveUp ? 'crashed' : this.#stop.signal.aborted ? 'stopped' : 'finished';
  }

  async #restart(): Promise<readonly Replacement[]> {
    const replacements: Replacement[] = [];
    for (const worker of [...this.#running.keys()].sort((a, b) => a - b)) {
      const follower = this.#running.get(worker);
      if (follower === undefined || this.#stop.signal.aborted) continue;
      this.#options.note(`follower ${worker}: restarting`);
      this.#replaced.add(follower);
      await follower.end(this.#options.graceMs);
      replacements.push(await this.#replacement(worker, follower));
    }
    return replacements;
  }

  /** Waits until a follower has replaced `old`, and has opened the region. */
  async #replacement(worker: number, old: FollowerProcess): Promise<Replacement> {
    const deadline = performance.now() + READY_WITHIN_MS;
    let found: FollowerProcess | undefined;
    while (performance.now() < deadline && !this.#stop.signal.aborted) {
      const follower = this.#running.get(worker);
      found = follower === old ? undefined : follower;
      if (found !== undefined && this.#options.isFollowing(found)) return { worker, pid: found.pid, ready: true };
      await this.#pause(READY_POLL_MS);
    }
    return { worker, pid: found?.pid, ready: false };
  }

  /** An error that ends one loop ends the others in order, because they would no longer be supervised. */
  async #loop(worker: number): Promise<void> {
    try {
      await this.#keepRunning(worker);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.stop();
      throw error;
    }
  }

  async #keepRunning(worker: number): Promise<void> {
    const { crashesMax, note } = this.#options;
    const { signal } = this.#stop;
    let crashes = 0;
    for (let follower = this.#adopted(worker); !signal.aborted; follower = undefined) {
      const startedAt = performance.now();
      follower ??= await startFollower(this.#options.command, worker, this.#options.output);
      const exit = await this.#untilOver(worker, follower);
      if (this.#replaced.delete(follower)) continue;
      // A signal to everybody, as of a service manager to all processes of a service, may reach a follower first.
      if (exit.signal !== null) await this.#pause(SIGNAL_TO_ALL_MS);
      if (signal.aborted || exit.code === 0) return;
      crashes = performance.now() - startedAt > WELL_AFTER_MS ? 1 : crashes + 1;
      if (crashes >= crashesMax) {
        note(`follower ${worker}: ${told(exit)}, ${crashes} times in a row: giving up`);
        this.#gaveUp = true;
        if (!signal.aborted) this.stop();
        return;
      }
      const backoffMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (crashes - 1));
      note(`follower ${worker}: ${told(exit)}, starting again in ${backoffMs} ms`);
      await this.#pause(backoffMs);
    }
  }

  /** Resolves when a follower has ended, and nothing is left of what it has started: its successor may want the same port. */
  async #untilOver(worker: number, follower: FollowerProcess): Promise<Exit> {
    const { graceMs, note } = this.#options;
    this.#set(worker, follower);
    if (this.#stop.signal.aborted) void follower.end(graceMs);
    const exit = await follower.exited;
    if (!(await follower.end(graceMs))) note(`follower ${worker}: process ${follower.pid} could not be ended`);
    this.#set(worker, undefined);
    return exit;
  }

  #adopted(worker: number): FollowerProcess | undefined {
    const entry = this.#options.adopted.find((known) => known.worker === worker);
    return entry && adoptFollower(entry);
  }

  #set(worker: number, follower: FollowerProcess | undefined): void {
    if (follower === undefined) this.#running.delete(worker);
    else this.#running.set(worker, follower);
    this.#options.changed(this.running);
  }

  /** Waits, at most until the run is stopped. */
  async #pause(timeoutMs: number): Promise<void> {
    await delay(timeoutMs, undefined, { signal: this.#stop.signal }).catch(() => {});
  }
}

function told({ code, signal }: Exit): string {
  if (signal !== null) return `ended by ${signal}`;
  return code === null ? 'ended' : `exited with code ${code}`;
}
