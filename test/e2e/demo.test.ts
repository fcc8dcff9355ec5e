/** The demonstration that `npm start` runs, for real and in its short form. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '..', '..', 'examples', 'demo', 'main.mjs');
const TIMEOUT_MS = 180_000;

interface Memory {
  bareBytes: number;
  privateBytes: number;
}
interface Account extends Memory {
  version: number;
  versions: number;
  conflated: number;
  latency: { count: number };
  masters: { pid: number; version: number }[];
}
interface Summary {
  directory: string;
  version: number;
  /** False where there is no addon: each follower has a copy then. */
  mapped: boolean;
  followers: Account[];
  compactions: unknown[];
  copy: Memory;
  takeover: { pid: number; killedPid: number; lastVersion: number; takeoverMs: number; seenByAllMs: number };
}

const running = new Set<ChildProcess>();
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: undefined, ...env },
  });
  running.add(child);
  const errors = text(child.stderr);
  const ended = once(child, 'close').then(async ([code]) => {
    running.delete(child);
    return { code, errors: await errors };
  });
  return { child, output: child.stdout, ended };
}

/** Reads lines until each of `patterns` has matched one, in their order; returns what their groups matched. */
async function readUntil(output: NodeJS.ReadableStream, ...patterns: RegExp[]): Promise<string[]> {
  const found: string[] = [];
  for await (const line of createInterface({ input: output })) {
    const match = patterns[0].exec(line);
    if (match === null) continue;
    found.push(match[1]);
    patterns.shift();
    if (patterns.length === 0) return found;
  }
  throw new Error(`the demonstration ended without a line like ${patterns[0]}`);
}

describe('the demonstration', { timeout: TIMEOUT_MS }, () => {
  it('shows three followers that see whole versions only, through rewrites, compactions and the death of the master', async () => {
    const { output, ended } = start(['--seconds', '3', '--json'], { JSONMMAP_SYSTEM: '' });
    const summary = JSON.parse(await text(output)) as Summary;
    expect(await ended).toEqual({ code: 0, errors: '' });
    expect(summary).toMatchObject({ ok: true, faults: [], rewrites: [{ cities: 5 }, { cities: 5 }], bursts: [{}, {}] });
    expect(summary.compactions.length).toBeGreaterThanOrEqual(2);
    const { takeover, version, followers, copy, mapped } = summary;
    expect(takeover.seenByAllMs).toBeGreaterThanOrEqual(takeover.takeoverMs);
    expect(followers).toHaveLength(3);
    for (const follower of followers) {
      expect(follower).toMatchObject({ torn: 0, backwards: 0, replaced: 0, version });
      expect(follower.masters.map(({ pid }) => pid)).toEqual([takeover.killedPid, takeover.pid]);
      expect(follower.masters[1].version).toBeGreaterThan(takeover.lastVersion);
      expect(follower.versions + follower.conflated).toBe(version - follower.masters[0].version + 1);
      expect(follower.latency.count).toBeGreaterThan(0);
      if (mapped) expect(ownBytes(follower)).toBeLessThan(ownBytes(copy) / 4);
    }
    expect(existsSync(summary.directory)).toBe(false);
  });

  it('prints a page for people, without a terminal and without the addon too', async () => {
    const { output, ended } = start(['--seconds', '1'], { JSONMMAP_SYSTEM: 'syscalls' });
    const page = await text(output);
    expect(await ended).toEqual({ code: 0, errors: '' });
    expect(page).toContain('no memory mapping here: each process reads a copy of its own over system calls');
    expect(page).toMatch(/✓ 0 torn reads, 0 steps back, .* checked versions/);
    expect(page).not.toContain('\x1b');
  });

  it('ends with the reason when a follower dies, and leaves nothing behind', async () => {
    const { output, ended } = start([]);
    const [directory, pid] = await readUntil(output, / in (\/\S+)$/, /follower 2 is process (\d+)/, /publishes/);
    process.kill(Number(pid), 'SIGKILL');
    expect(await ended).toEqual({ code: 1, errors: `demo: follower 2 (pid ${pid}) ended with SIGKILL\n` });
    expect(existsSync(directory)).toBe(false);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const { child, output, ended } = start([]);
    const [directory] = await readUntil(output, / in (\/\S+)$/, /standby is process/);
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, errors: 'demo: stopped by SIGINT\n' });
    expect(existsSync(directory)).toBe(false);
  });

  it.each([['--seconds', '0'], ['--seconds', 'ten'], ['--sec']])('refuses %s %s', async (...args) => {
    const { ended } = start(args);
    expect(await ended).toEqual({ code: 2, errors: expect.stringContaining('usage: npm start') });
  });
});

function ownBytes({ privateBytes, bareBytes }: Memory): number {
  return privateBytes - bareBytes;
}
