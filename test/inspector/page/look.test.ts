import { beforeAll, expect, it } from 'vitest';
import { Master } from '../../../src/index.js';
import { VIEWS } from '../../../src/inspector/page/route.js';
import { contrastsOf, faintTexts } from './contrast.js';
import { describePage } from './kit.js';

describePage('how the page looks', (kit) => {
  let master: Master<unknown>;

  beforeAll(() => {
    const initial = { text: 'a', number: 1, yes: true, none: null, deep: { er: [1, 2, { and: 'deeper' }] } };
    master = Master.open('looked-at-by-all-who-pass', { dir: kit.dir, history: 10, control: true, initial });
    master.patch([
      { op: 'replace', path: '/text', value: 'b' },
      { op: 'remove', path: '/yes' },
      { op: 'add', path: '/new', value: [null, true, 'long '.repeat(100)] },
    ]);
    return () => master.close();
  });

  it.each(['light', 'dark'] as const)('has the contrast of WCAG AA in every view, %s', async (scheme) => {
    const page = await kit.open('looked-at-by-all-who-pass/tree', { scheme, reducedMotion: 'reduce' });
    for (const view of [...VIEWS, 'tree?path=/deep', 'tree?path=/new', '../']) {
      await page.evaluate((to) => {
        location.hash = to === '../' ? '#/' : `#/looked-at-by-all-who-pass/${to}`;
      }, view);
      await page.locator('.list .row, .table, .empty, .chart, .detail .json').locator('visible=true').first().waitFor();
      expect(await faintTexts(page), view).toEqual([]);
    }
    await page.evaluate(() => {
      location.hash = '#/looked-at-by-all-who-pass/tree?path=/text';
    });
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('JSON').fill('"c"');
    expect(await faintTexts(page)).toEqual([]);
    await page.getByRole('button', { name: 'Review' }).click();
    await page.locator('.diff').waitFor();
    expect(await faintTexts(page)).toEqual([]);
    await page.keyboard.press('Control+k');
    expect(await faintTexts(page)).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has colours that can be told from what is behind them, %s', async (scheme) => {
    const page = await kit.open('looked-at-by-all-who-pass/tree', { scheme });
    const texts = ['--text', '--text-2', '--accent'].flatMap((text) =>
      ['--ground', '--ground-2', '--accent-ground'].map((ground) => ({ text, ground, least: 4.5 })),
    );
    const values = ['--value-string', '--value-number', '--value-word', '--good', '--bad', '--warn'].map((text) => ({
      text,
      ground: '--ground',
      least: 4.5,
    }));
    const changes = [
      { text: '--text', ground: '--before-mark', least: 4.5 },
      { text: '--text', ground: '--after-mark', least: 4.5 },
      { text: '--text', ground: '--flash', least: 4.5 },
      { text: '--text-2', ground: '--flash', least: 4.5 },
      { text: '--on-accent', ground: '--accent', least: 4.5 },
    ];
    // The edges of what can be used: WCAG 1.4.11.
    const edges = ['--line-strong', '--accent'].map((text) => ({ text, ground: '--ground', least: 3 }));
    const weak = (await contrastsOf(page, [...texts, ...values, ...changes, ...edges])).filter(
      ({ contrast, least }) => contrast < least,
    );
    expect(weak).toEqual([]);
  });

  it('shows the other theme when somebody asks, and remembers it', async () => {
    const page = await kit.open('looked-at-by-all-who-pass/rates');
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await ground()).toBe('rgb(255, 255, 255)');
    await page.getByRole('button', { name: 'Switch to dark' }).click();
    expect(await ground()).toBe('rgb(22, 24, 29)');
    await page.reload();
    await page.getByRole('button', { name: 'Switch to light' }).waitFor();
    expect(await ground()).toBe('rgb(22, 24, 29)');
  });

  it.each([400, 1280])('fits a window of %i pixels, in every view', async (width) => {
    const page = await kit.open('looked-at-by-all-who-pass/tree', { width });
    for (const view of [...VIEWS, 'tree?path=/new', '../']) {
      await page.evaluate((to) => {
        location.hash = to === '../' ? '#/' : `#/looked-at-by-all-who-pass/${to}`;
      }, view);
      await page.locator('.list .row, .table, .empty, .chart, .detail .json').locator('visible=true').first().waitFor();
      const outside = await page.evaluate(() => {
        const isClipped = (element: Element): boolean => element.closest('.tabs, .visually-hidden, .toast') !== null;
        return [...document.querySelectorAll('.app *')]
          .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !isClipped(element))
          .filter((element) => getComputedStyle(element.parentElement as Element).overflow !== 'hidden')
          .map(({ tagName, className }) => `${tagName} ${className}`);
      });
      expect(outside, view).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), view).toBe(width);
    }
  });

  it('shows where the focus is', async () => {
    const page = await kit.open('looked-at-by-all-who-pass/tree');
    await page.locator('.tree-line').first().waitFor();
    const seen = new Set<string>();
    for (let i = 0; i < 16; i++) {
      await page.keyboard.press('Tab');
      const { name, outline } = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return { name: `${element.tagName} ${element.className}`, outline: `${outlineStyle} ${outlineWidth}` };
      });
      if (name.startsWith('BODY')) break;
      seen.add(name);
      expect(outline, name).toBe('solid 2px');
    }
    expect([...seen].some((name) => name.includes('tree'))).toBe(true);
  });
});
