import { beforeAll, expect, it } from 'vitest';
import { Master } from '../../../src/index.js';
import { describePage, hasText, rowOf } from './kit.js';

const LONG = 10_000_000;
const MANY = 200_000;
const MARKUP = {
  '<img src=x onerror=alert(1)>': '<script>alert(1)</script>',
  'javascript:alert(1)': '"><svg onload=alert(1)>',
  __proto__own: { '</textarea><script>alert(2)</script>': '\u202e\u0000{{constructor}}' },
};

describePage('documents that are not friendly', (kit) => {
  let master: Master<unknown>;

  beforeAll(() => {
    const many = Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`key-${i}`, i]));
    master = Master.open('hostile', {
      dir: kit.dir,
      history: 5,
      control: true,
      initial: { markup: MARKUP, long: 'x'.repeat(LONG), many, list: Array.from({ length: MANY }, (_, i) => i) },
    });
    return () => master.close();
  });

  it('show values as text only, in every view', async () => {
    const page = await kit.open('hostile/tree?path=/markup');
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs++;
      dialog.dismiss();
    });
    const markup = '<img src=x onerror=alert(1)>';
    await hasText(page.locator('.detail .json'), markup);
    await page.keyboard.press('Escape');
    master.set(['markup', markup], '<script>alert(3)</script>');
    await hasText(page.locator('.last-change'), '<script>alert(3)</script>');
    for (const view of ['changes', 'timeline', 'sizes', 'search']) {
      await page.locator('.tab', { hasText: view }).click();
      if (view === 'search') {
        await page.getByRole('searchbox').fill('alert');
        await hasText(page.locator('.hit'), '<script>alert(3)</script>');
      } else {
        await hasText(page.locator('.views'), view === 'sizes' ? 'markup' : markup);
      }
    }
    expect(await page.locator('.app img, .app script, .app svg[onload]').count()).toBe(0);
    expect(dialogs).toBe(0);
  });

  it('of 10 MB in one string show the beginning', async () => {
    const page = await kit.open('hostile/tree?path=/long');
    await hasText(rowOf(page, 'long'), '10,000,000 characters');
    await hasText(page.locator('.detail .json'), 'xxxx');
    const length = async () => (await page.locator('.detail .json').textContent())!.length;
    expect(await length()).toBeLessThan(30_000);
    await page.getByRole('button', { name: /Show the first/ }).click();
    await expect.poll(length).toBeGreaterThan(900_000);
    await page.getByRole('button', { name: 'Copy JSON' }).click();
    await hasText(page.locator('.toast'), 'too long');
  });

  it.each([
    ['object', '/many', 'key-'],
    ['array', '/list', ''],
  ])('of 200,000 children in an %s have those in sight only, wherever somebody scrolls', async (_, path, prefix) => {
    const page = await kit.open(`hostile/tree?path=${path}/${prefix}0`);
    await rowOf(page, `${prefix}0`).first().waitFor();
    const list = page.locator('.tree');
    for (const part of [0.25, 0.9, 0.5]) {
      await list.evaluate((element, at) => {
        element.scrollTop = element.scrollHeight * at;
      }, part);
      await expect.poll(() => page.locator('.tree-line .pending').count()).toBe(0);
      expect(await page.locator('.tree-line').count()).toBeLessThan(80);
    }
    await page.locator('.tree').focus();
    await page.keyboard.press('End');
    await page.locator('.tree-line.active').waitFor();
    await page.evaluate((to) => {
      location.hash = `#/hostile/tree?path=${to}`;
    }, `${path}/${prefix}123456`);
    await rowOf(page, `${prefix}123456`).and(page.locator('.selected')).waitFor();
    await page.getByRole('searchbox').fill('99999');
    await hasText(page.locator('.bar-note'), '2 found');
    await rowOf(page, `${prefix}199999`).waitFor();
  });

  it('of 200,000 children refresh the one that changed', async () => {
    const page = await kit.open('hostile/tree?path=/many/key-150000');
    await hasText(rowOf(page, 'key-150000'), '150000');
    master.set('/many/key-150000', 'changed');
    await hasText(rowOf(page, 'key-150000'), '"changed"');
    await hasText(page.locator('.detail .json'), '"changed"');
  });

  it('let a search be stopped', async () => {
    const page = await kit.open('hostile/search');
    await page.getByRole('searchbox').fill('nothing has this');
    const stop = page.getByRole('button', { name: 'Stop' });
    await stop.click();
    await hasText(page.getByRole('status'), 'stopped');
  });
});
