/** The built page in a real browser, over real regions. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, vi } from 'vitest';
import { type Inspector, startInspector } from '../../../src/inspector/server/inspector.js';

const PAGE = join(import.meta.dirname, '..', '..', '..', 'dist', 'inspector');
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const isRoot = process.getuid?.() === 0;

/** A browser logs each answer with an error. The page expects these: something is gone, refused, or has become another one. */
const REFUSED = /^Failed to load resource: the server responded with a status of (404|409|410)/;

export interface OpenOptions {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  /** Whether the inspector takes writes; it does by default. */
  readonly write?: boolean;
}

/** What the tests of a file share: a directory of regions, two inspectors over it, and a browser. */
export class Kit {
  readonly dir = mkdtempSync(join(tmpdir(), 'jsonmmap-page-'));
  /** What no page may have: errors on the console, violations of its policy, requests to other origins. */
  readonly problems: string[] = [];
  #browser: Browser | undefined;
  #inspectors = new Map<boolean, Inspector>();

  async start(): Promise<void> {
    const args = isRoot ? ['--no-sandbox'] : []; // Chromium refuses to run as root with one
    this.#browser = await chromium.launch({ args, ...(executablePath !== undefined && { executablePath }) });
    for (const write of [true, false]) {
      const onError = (error: unknown): void => void this.problems.push(`server: ${error}`);
      this.#inspectors.set(write, await startInspector({ dir: this.dir, page: PAGE, write, onError }));
    }
  }

  /** Opens a place of the page, such as `app/tree`, in a window of its own. */
  async open(place: string, options: OpenOptions = {}): Promise<Page> {
    const { width = 1280, scheme = 'light', reducedMotion = 'no-preference', write = true } = options;
    const context = await this.#browser!.newContext({
      viewport: { width, height: 800 },
      colorScheme: scheme,
      reducedMotion,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    const url = new URL(this.#inspectors.get(write)!.url);
    page.on('console', (message) => {
      const isProblem = message.type() === 'error' || message.type() === 'warning';
      if (isProblem && !REFUSED.test(message.text())) this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(String(error.stack)));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== url.origin) this.problems.push(`request to ${request.url()}`);
    });
    await page.goto(`${url.href.replace(/#.*/, '')}#/${place}`);
    await page.locator('.top').waitFor();
    return page;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.#browser!.contexts().map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    for (const inspector of this.#inspectors.values()) await inspector.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Describes the page, if there is a browser to show it. After each test no page may have had a problem. */
export function describePage(name: string, tests: (kit: Kit) => void): void {
  const lacks = executablePath === undefined ? ' (needs Debian’s chromium)' : '';
  describe.skipIf(lacks !== '')(`${name}${lacks}`, () => {
    const kit = new Kit();
    beforeAll(() => kit.start());
    afterEach(async () => {
      await kit.closePages();
      expect(kit.problems.splice(0)).toEqual([]);
    });
    afterAll(() => kit.stop());
    tests(kit);
  });
}

/** Waits until an element has a text. */
export async function hasText(locator: Locator, text: string | RegExp): Promise<void> {
  await vi.waitFor(
    async () => {
      const found = (await locator.allTextContents()).join(' ');
      if (typeof text === 'string') expect(found).toContain(text);
      else expect(found).toMatch(text);
    },
    { timeout: 10_000 },
  );
}

export async function isGone(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: 'detached' });
}

/** The row of the tree with a key. */
export function rowOf(page: Page, key: string): Locator {
  return page.locator('.tree-line').filter({ has: page.locator('.key', { hasText: new RegExp(`^${key}$`) }) });
}
