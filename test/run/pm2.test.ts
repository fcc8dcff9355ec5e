/** The shipped example under the real PM2, with a home and a daemon of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PM2 = createRequire(import.meta.url).resolve('pm2/bin/pm2');
const DEADLINE_MS = 60_000;

const home = mkdtempSync(join(tmpdir(), 'pm2-'));
const app = join(home, 'app');
const config = join(app, 'config.yaml');

beforeAll(() => {
  cpSync(join(ROOT, 'examples', 'pm2'), app, { recursive: true });
  mkdirSync(join(app, 'node_modules'));
  symlinkSync(ROOT, join(app, 'node_modules', 'jsonmmap'));
});
afterAll(async () => {
  await pm2('kill');
  rmSync(home, { recursive: true, force: true });
});

async function pm2(...words: string[]): Promise<string> {
  const child = spawn(process.execPath, [PM2, ...words], {
    cwd: app,
    env: { ...process.env, PM2_HOME: join(home, 'pm2'), JSONMMAP_DIR: join(home, 'regions'), PORT: '0', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return output;
}

interface Listed {
  readonly name: string;
  readonly pid: number;
  readonly pm2_env: { readonly status: string; readonly restart_time: number };
}

async function publisher(): Promise<Listed> {
  const list = JSON.parse((await pm2('jlist')).split('\n').find((line) => line.startsWith('[{')) ?? '[]') as Listed[];
  return list.find(({ name }) => name === 'config') as Listed;
}

/** What the processes of PM2 have written: all of `web`, or what PM2 says itself. */
const logOf = (prefix: string) => {
  const folder = join(home, 'pm2', 'logs');
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
};
const daemonLog = () => readFileSync(join(home, 'pm2', 'pm2.log'), 'utf8');

async function greeting(): Promise<string | undefined> {
  const port = /http:\/\/localhost:(\d+)/.exec(logOf('web-out'))?.[1];
  const response = await fetch(`http://localhost:${port}`).catch(() => undefined);
  return (await response?.text())?.split(' ')[0];
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}: ${logOf('config-error')}${daemonLog()}`);
    await delay(50);
  }
}

const greets = (word: string) => until(`it greets with ${word}`, async () => (await greeting()) === word);
const deaths = () => daemonLog().match(/App \[config:\d+\] exited with code \[2\]/g)?.length ?? 0;

it('the example starts, follows edits, reloads, restarts, and comes back when a broken file is mended', async () => {
  await pm2('start', 'ecosystem.config.cjs');
  await greets('Hello');
  writeFileSync(config, 'greeting: Hi\n');
  await greets('Hi');

  await pm2('reload', 'web');
  await greets('Hi');

  const before = await publisher();
  await pm2('restart', 'config');
  const after = await publisher();
  expect(after.pid).not.toBe(before.pid);
  writeFileSync(config, 'greeting: Salve\n');
  await greets('Salve');

  writeFileSync(config, 'greeting: [\n');
  await until('the fault is told', () => logOf('config-error').includes('the last good document stays'));
  expect(await greeting()).toBe('Salve');
  await pm2('restart', 'config');
  await until('it has ended, and was tried again', () => deaths() >= 2);
  expect(await greeting()).toBe('Salve'); // readers go on without a master
  writeFileSync(config, 'greeting: Ciao\n');
  await greets('Ciao');
  await until('it is online', async () => (await publisher()).pm2_env.status === 'online');

  await pm2('stop', 'config');
  expect(daemonLog()).not.toMatch(/SIGKILL/);
}, 240_000);
