/** Where the followers write: straight to our own output, or through the relay, which labels their lines. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';

const LAST_LINES_MS = 2000;

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

/** Labels each line; `label` returns what stands before the lines of a follower. */
export function labelledOutput(followers: number, label: (worker: number) => string): FollowerOutput {
  const inputs = Array.from({ length: followers }, (_, i) => [`out:${label(i + 1)}`, `err:${label(i + 1)}`]).flat();
  const relay = spawn(process.execPath, [join(import.meta.dirname, 'relay.js'), ...inputs], {
    stdio: ['ignore', 'inherit', 'inherit', ...inputs.map(() => 'pipe' as const)],
    detached: true, // not of our process group: Ctrl-C is not for it
  });
  relay.unref();
  const pipes = relay.stdio.slice(3) as Socket[];
  for (const pipe of pipes) pipe.unref();
  return {
    stdio: (worker) => ['ignore', pipes[worker * 2 - 2], pipes[worker * 2 - 1]],
    close: () => closed(relay, pipes),
  };
}

async function closed(relay: ChildProcess, pipes: readonly Socket[]): Promise<void> {
  if (relay.exitCode !== null || relay.signalCode !== null) return;
  const exit = once(relay, 'exit', { signal: AbortSignal.timeout(LAST_LINES_MS) });
  for (const pipe of pipes) pipe.destroy();
  relay.ref();
  await exit.catch(() => {}); // a follower that outlives us still writes to it
  relay.unref();
}
