/** A short soak, for real: masters are killed, followers come and go, and nobody sees anything that cannot be. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '..', '..', 'soak', 'main.mjs');
const KILLS = 50;
const MINUTES = 0.25;
const TIMEOUT_MS = 600_000;

it(
  `${KILLS} masters are killed, and nothing is torn, stale, lost, hung or left over`,
  async () => {
    const args = ['--minutes', MINUTES, '--kills', KILLS, '--followers', 8, '--json'].map(String);
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const result = JSON.parse(await text(child.stdout)) as Record<string, unknown>;
    console.log(`${result.command}: ${result.writes} versions, ${result.reads} reads`);
    expect(result).toMatchObject({ torn: 0, backwards: 0, lost: 0, hung: 0, orphaned: 0, failed: 0, faults: [] });
    expect(result.kills).toBeGreaterThanOrEqual(KILLS - KILLS / 10);
    expect(result.writes).toBeGreaterThanOrEqual(KILLS);
    expect(result.reads).toBeGreaterThan(500);
    expect(result.compactions).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
