import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { Master } from '../../../src/index.js';
import { VIEWS } from '../../../src/inspector/page/route.js';
import { describePage, hasText, isGone, rowOf } from './kit.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');

describePage('the page of the inspector', (kit) => {
  let master: Master<unknown>;

  beforeAll(async () => {
    master = Master.open('app', {
      dir: kit.dir,
      history: 20,
      control: true,
      initial: { flags: { beta: { on: false, color: 'blue' } }, list: [1, 2, 3], "it's": 'a "quoted" $value' },
    });
    master.set('/flags/beta/color', 'green');
    const killed = `import { Master } from 'jsonmmap';
      Master.open('orphan', { dir: process.argv[1], initial: {} }); process.kill(process.pid, 'SIGKILL');`;
    await once(spawn(process.execPath, ['--input-type=module', '-e', killed, kit.dir], { cwd: ROOT }), 'exit');
    return () => master.close();
  });

  it('lists every region, with its master alive or dead', async () => {
    const page = await kit.open('');
    await hasText(page.locator('tr', { hasText: 'app' }), `master ${process.pid}`);
    await hasText(page.locator('tr', { hasText: 'orphan' }), 'is dead');
    await page.getByRole('link', { name: 'orphan' }).click();
    await hasText(page.locator('.state'), 'is dead');
    await hasText(page.locator('.tree-line'), '(document)');
  });

  it('says what changed last, before and since it was opened', async () => {
    const page = await kit.open('app/tree');
    await hasText(page.locator('.last-change'), /flags\/beta.*color.*"blue" → "green"/);
    const version = master.set('/flags/beta/on', true);
    await hasText(page.locator('.last-change'), new RegExp(`v${version} .*/flags/beta/on.*false → true`));
    await hasText(page.locator('.newest .before'), 'false');
    await hasText(page.locator('.newest .after'), 'true');
  });

  it('shows every view', async () => {
    const page = await kit.open('app/tree');
    const signs: Record<(typeof VIEWS)[number], [selector: string, text: string | RegExp]> = {
      tree: ['.tree-line', 'flags'],
      changes: ['.step', /\d/],
      timeline: ['.version', String(process.pid)],
      search: ['.empty', 'Type what'],
      sizes: ['.weights', 'flags'],
      followers: ['.view', /Pid|No process/],
      rates: ['.chart', 'Publishes per second'],
    };
    for (const view of VIEWS) {
      await page.locator('.tab', { hasText: view }).click();
      await hasText(page.locator(signs[view][0]), signs[view][1]);
    }
    await page.locator('.chart canvas').first().waitFor();
  });

  it('works with the keyboard alone', async () => {
    const page = await kit.open('app/tree');
    await rowOf(page, 'flags').waitFor();
    const tree = page.getByRole('tree');
    while (!(await tree.evaluate((element) => element === document.activeElement))) await page.keyboard.press('Tab');
    const active = () => page.locator('.tree-line.active').textContent();
    await page.keyboard.press('ArrowDown');
    expect(await active()).toContain('flags');
    await page.keyboard.press('ArrowRight');
    await rowOf(page, 'beta').waitFor();
    await page.keyboard.press('ArrowRight');
    expect(await active()).toContain('beta');
    await hasText(page.locator('.detail h2'), '/flags/beta');
    await page.keyboard.press('ArrowLeft');
    expect(await active()).toContain('flags');
    await page.keyboard.press('ArrowLeft');
    await isGone(rowOf(page, 'beta'));
    await page.keyboard.press('End');
    expect(await active()).toContain("it's");
    expect(await tree.getAttribute('aria-activedescendant')).toBe(await page.locator('.active').getAttribute('id'));
    await page.keyboard.press('Escape');
    await isGone(page.locator('.detail'));
    await page.keyboard.press('3');
    await hasText(page.locator('.tab[aria-current]'), 'timeline');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('region orph');
    await page.keyboard.press('Enter');
    await hasText(page.locator('h1'), 'orphan');
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Escape');
    await isGone(page.locator('dialog'));
  });
});
