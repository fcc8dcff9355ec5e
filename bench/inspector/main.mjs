// The page of `jsonmmap inspect` on a document of 20 MB that changes every 10 ms: what the page takes, and what the others notice of it.
// npm run bench:inspector -- [--quick]
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { median, percentile } from '../measure.mjs';
import { REGION } from './document.mjs';
import { countFrames } from './frames.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = values.quick ? 2 : 5;
const ROUND_MS = values.quick ? 3000 : 10_000;
const LOADS = values.quick ? 3 : 9;
/** The browser starts, and loads the page. */
const SETTLE_MS = 1500;
const SCROLL_PX = 12_000;
const SCROLL_PX_PER_S = 3000;

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'jsonmmap-bench-inspector-'));
const env = { ...process.env, JSONMMAP_DIR: directory };
const children = [];

try {
  const master = await start('master.mjs');
  const follower = await start('follower.mjs');
  const { url, pid } = await startInspector();
  const bare = memoryOf(pid);
  const browser = await launch();
  const loads = await measureLoads(browser, url);
  const frames = await measureScrolling(browser, url);
  await browser.close();
  const noticed = await sideBySide(url, master, follower);
  report({ bare, loads, frames, noticed, after: memoryOf(pid) });
} finally {
  for (const child of children) child.kill();
  rmSync(directory, { recursive: true, force: true });
}

async function start(program) {
  const child = fork(new URL(program, import.meta.url), { env });
  children.push(child);
  await once(child, 'message');
  return child;
}

async function startInspector() {
  const child = spawn(process.execPath, [CLI, 'inspect', REGION, '--no-open', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return JSON.parse(line);
}

/** A browser that is left open when this fails ends with it. */
function launch() {
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

async function ask(child) {
  child.send('measure');
  const [answer] = await once(child, 'message');
  return answer;
}

/** The memory of a process in bytes: all of it, and what no other process has as well. The document is shared. */
function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]) * 1024;
  return { resident: bytes('Rss'), private: bytes('Private_Clean') + bytes('Private_Dirty') };
}

async function open(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(url);
  return { page, close: () => context.close() };
}

/** From the beginning of the navigation: the first paint, and the moment at which the last change is in sight. */
async function measureLoads(browser, url) {
  const loads = [];
  for (let i = 0; i < LOADS; i++) {
    const { page, close } = await open(browser, url);
    await page.waitForSelector('.last-change .path-key');
    const changeMs = await page.evaluate(() => performance.now());
    const paintMs = await page.evaluate(async () => {
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      return paint.startTime;
    });
    loads.push({ paintMs, changeMs });
    await close();
  }
  return loads;
}

/** Scrolls through the 60,000 users as a wheel does, while they change. */
async function measureScrolling(browser, url) {
  const { page, close } = await open(browser, url);
  await page.locator('.tree-line', { hasText: 'users' }).locator('.twisty').click();
  await page.locator('.tree-line', { hasText: 'user-' }).first().waitFor();
  await delay(1000);
  const session = await page.context().newCDPSession(page);
  const { x, y } = await page.locator('.tree').boundingBox();
  const scroll = { x: x + 200, y: y + 200, yDistance: -SCROLL_PX, speed: SCROLL_PX_PER_S, gestureSourceType: 'mouse' };
  const frames = await countFrames(session, () => session.send('Input.synthesizeScrollGesture', scroll));
  await close();
  return frames;
}

/** The master and the follower beside nothing, beside a browser that shows an empty page, and beside the page, in turns. A browser is started for each round that has one. */
async function sideBySide(url, master, follower) {
  const ways = [undefined, 'about:blank', url].map((address) => ({ address, set: [], late: [], stalls: [] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { address, set, late, stalls } of ways) {
      const browser = address === undefined ? undefined : await launch();
      const page = browser && (await open(browser, address));
      if (address === url) await page.page.waitForSelector('.last-change .path-key');
      await delay(SETTLE_MS);
      await ask(master);
      await ask(follower);
      await delay(ROUND_MS);
      set.push(...(await ask(master)).samples);
      const { samples, longestStallNs } = await ask(follower);
      late.push(...samples);
      stalls.push(longestStallNs);
      await browser?.close();
    }
  }
  return ways;
}

function report({ bare, after, loads, frames, noticed }) {
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const ms = (milliseconds) => `${milliseconds.toFixed(0)} ms`;
  console.log('| the page | |\n|---|--:|');
  console.log(`| first paint, median of ${loads.length} | ${ms(median(loads.map(({ paintMs }) => paintMs)))} |`);
  console.log(`| the last change is in sight | ${ms(median(loads.map(({ changeMs }) => changeMs)))} |`);
  console.log(`| frames while scrolling: presented, dropped | ${frames.presented}, ${frames.dropped} |`);
  console.log(
    `| the inspector before the first page: resident, private | ${mib(bare.resident)}, ${mib(bare.private)} |`,
  );
  console.log(`| after all pages: resident, private | ${mib(after.resident)}, ${mib(after.private)} |`);
  const us = (nanoseconds) => `${(nanoseconds / 1e3).toFixed(0)} µs`;
  console.log('\n| | no browser | a browser with an empty page | the page |\n|---|--:|--:|--:|');
  const row = (what, of) => console.log(`| ${what} | ${noticed.map(of).join(' | ')} |`);
  row('`set`, p50', ({ set }) => us(median(set)));
  row('`set`, p99', ({ set }) => us(percentile(set, 0.99)));
  row("from the publish to `'change'` in a follower, p50", ({ late }) => us(median(late)));
  row("from the publish to `'change'` in a follower, p99", ({ late }) => us(percentile(late, 0.99)));
  row('longest stall of the follower in a round, median', ({ stalls }) => us(median(stalls)));
}
