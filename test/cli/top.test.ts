import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { dir, jsonmmap, startInTerminal, startProgram, until } from './command.js';

let master: Master;
let followerPid: number | undefined;

beforeAll(async () => {
  master = Master.open('top-live', { dir, history: 20, initial: { n: 0, text: '\u001b[2Jescape' } });
  Master.open('top-idle', { dir, initial: {} }).close();
  followerPid = (await startProgram('region-watcher.mjs', dir, 'top-live', 'ref')).pid;
});
afterAll(() => master.close());

/** What a terminal shows of a command, as text, while keys are typed. */
function screenOf(commandLine: string) {
  const child = startInTerminal(commandLine);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return {
    child,
    type: (keys: string) => child.stdin?.write(keys),
    raw: () => text,
    shows: (pattern: RegExp) => until(() => pattern.test(stripVTControlCharacters(text))),
    forget: () => {
      text = '';
    },
  };
}

describe('top without a terminal', () => {
  it('prints a table at each look', async () => {
    const { code, stdout } = await jsonmmap(['top', '--interval', '100ms', '--count', 2]);
    expect(code).toBe(0);
    expect(stdout.match(/NAME/g)).toHaveLength(2);
    expect(stdout).toMatch(new RegExp(`top-live +\\d+ .* ${process.pid} +1 +0`));
    expect(stdout).toMatch(/top-idle +1 .* none/);
  });

  it('prints a line of JSON at each look, with the followers of one region', async () => {
    master.set('/n', 1);
    const { stdout } = await jsonmmap(['top', 'top-live', '--json', '--count', 1]);
    const { region, followers, changes } = JSON.parse(stdout);
    expect(region).toMatchObject({ name: 'top-live', version: master.version, followers: 1 });
    expect(followers).toMatchObject([{ pid: followerPid, lagVersions: 0 }]);
    expect(changes[0]).toMatchObject({ version: master.version, operations: 1 });
  });

  it.skipIf(!existsSync('/proc/self/stat'))('tells how much of a processor master and followers take', async () => {
    let isOver = false;
    const burn = (): void => {
      const until = performance.now() + 20;
      while (performance.now() < until);
      if (!isOver) setImmediate(burn);
    };
    burn();
    const { stdout } = await jsonmmap(['top', 'top-live', '--json', '--interval', '1s', '--count', 2]);
    isOver = true;
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first.region).not.toHaveProperty('masterCpuPercent');
    expect(second.region.masterCpuPercent).toBeGreaterThan(5);
    expect(second.followers[0].cpuPercent).toBeLessThan(second.region.masterCpuPercent);
  });

  it('says what is wrong with its arguments', async () => {
    expect((await jsonmmap(['top', 'nobody'])).code).toBe(3);
    expect((await jsonmmap(['top', '--interval', '1ms'])).stderr).toContain('must be at least 100ms');
    expect((await jsonmmap(['top', '--sort', 'colour'])).code).toBe(2);
  });
});

describe('top in a terminal', () => {
  it('shows what changes, opens a region, and leaves the terminal as it was', async () => {
    const screen = screenOf('jsonmmap top --interval 100ms');
    await screen.shows(/top-idle[\s\S]*top-live/);
    screen.type('\u001b[B'); // down
    await screen.shows(/▸ top-live/);
    screen.type('\r');
    await screen.shows(/Last changes/);
    screen.forget();
    master.set('/n', 77);
    await screen.shows(/~ \/n {2}1 → 77/);
    expect(screen.raw()).not.toContain('\u001b[2Jescape');
    screen.type('\u001b');
    await screen.shows(/PUB\/S/);
    screen.type('q');
    const code = await new Promise((resolve) => screen.child.once('exit', resolve));
    expect(code).toBe(0);
    expect(screen.raw().lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.raw().lastIndexOf('\u001b[?25l')); // the cursor is there again
  });

  it('can be paused, and ends with Ctrl-C', async () => {
    const screen = screenOf('jsonmmap top top-live --interval 100ms');
    await screen.shows(/Last changes/);
    screen.type('p');
    await screen.shows(/PAUSED/);
    screen.type('\u0003');
    const code = await new Promise((resolve) => screen.child.once('exit', resolve));
    expect(code).toBe(130);
    expect(screen.raw().lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.raw().lastIndexOf('\u001b[?25l'));
  });
});
