import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, expect, it } from 'vitest';
import { Master, remove } from '../../../src/index.js';
import { describePage, hasText, isGone, rowOf } from './kit.js';

describePage('the page of the inspector, in detail', (kit) => {
  let master: Master<unknown>;

  beforeAll(() => {
    master = Master.open('app', {
      dir: kit.dir,
      history: 20,
      control: true,
      initial: { flags: { beta: { on: false, color: 'blue' } }, list: [1, 2, 3], "it's": 'a "quoted" $value' },
    });
    master.set('/flags/beta/color', 'green');
    return () => master.close();
  });

  it('flashes the row that changed, and the collapsed one around it', async () => {
    const page = await kit.open('app/tree?path=/flags/beta/on');
    await rowOf(page, 'on').waitFor();
    master.set('/flags/beta/on', !master.get('/flags/beta/on'));
    await page
      .locator('.tree-line.flash', { hasText: 'on:' })
      .or(rowOf(page, 'on').and(page.locator('.flash')))
      .first()
      .waitFor();
    await rowOf(page, 'flags').locator('.twisty').click();
    master.set('/flags/beta/on', !master.get('/flags/beta/on'));
    await rowOf(page, 'flags').and(page.locator('.flash')).waitFor();
  });

  it('moves nothing for those who asked for less motion, and marks the row instead', async () => {
    const page = await kit.open('app/tree', { reducedMotion: 'reduce' });
    await rowOf(page, 'list').waitFor();
    master.set('/list/0', 'changed');
    const flashing = rowOf(page, 'list').and(page.locator('.flash'));
    await flashing.waitFor();
    const [transition, shadow] = await flashing.evaluate((row) => [
      getComputedStyle(row).transitionProperty,
      getComputedStyle(row).boxShadow,
    ]);
    expect(transition).toBe('none');
    expect(shadow).not.toBe('none');
  });

  it('holds still while it is paused', async () => {
    const page = await kit.open('app/changes');
    await page.locator('.step').first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    const shown = await page.locator('.last-change').textContent();
    master.set('/list/1', 'held back');
    await hasText(page.getByRole('button', { name: /Resume/ }), 'Resume (1)');
    expect((await page.locator('.last-change-what').textContent()) ?? '').not.toContain('held back');
    expect(shown).not.toContain('held back');
    await page.keyboard.press('1');
    await rowOf(page, 'list').locator('.twisty').click();
    await hasText(rowOf(page, '1'), '2'); // the version that was shown, though nobody had asked for this row
    await page.getByRole('button', { name: /Resume/ }).click();
    await hasText(page.locator('.last-change'), 'held back');
  });

  it('compares two versions of the timeline, and says who asked for one', async () => {
    const before = master.set('/list/2', 'then');
    const after = master.set('/list/2', 'now');
    const page = await kit.open('app/timeline');
    await page.getByLabel(`Compare to version ${after}`, { exact: true }).click();
    await page.getByLabel(`Compare from version ${before}`, { exact: true }).click();
    await hasText(page.locator('.pane'), `${before} → ${after}`);
    await hasText(page.locator('.pane .before'), '"then"');
    await hasText(page.locator('.pane .after'), '"now"');
  });

  it('has the history of the selected path', async () => {
    master.set('/list/2', 'again');
    const page = await kit.open('app/tree?path=/list/2');
    await hasText(page.locator('.path-history .after').first(), '"again"');
    await hasText(page.locator('.path-history .before').first(), '"now"');
  });

  it('has what changed inside a large container in its history', async () => {
    master.set('/crowd', Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`u${i}`, i])));
    master.set('/crowd/u77', 'changed');
    const page = await kit.open('app/tree?path=/crowd');
    const newest = page.locator('.path-history > ol > li').first();
    await hasText(newest.locator('.change-path'), '/crowd/u77');
    await hasText(newest.locator('.after'), '"changed"');
    await newest.locator('.change-path').click();
    await hasText(page.locator('.detail h2'), '/crowd/u77');
    master.delete('/crowd');
  });

  it('searches keys and values, and goes to a hit', async () => {
    const page = await kit.open('app/search');
    await page.getByRole('searchbox').fill('GREEN');
    await hasText(page.getByRole('status'), '1 hit');
    await page.locator('.hit').click();
    await hasText(page.locator('.detail h2'), '/flags/beta/color');
    await hasText(rowOf(page, 'color'), 'green');
  });

  it('copies the pointer, the JSON, and the command, which a shell reads as it was meant', async () => {
    const page = await kit.open(`app/tree?path=${encodeURIComponent("/it's")}`);
    await hasText(page.locator('.detail .json'), 'quoted');
    const copied = async (name: string): Promise<string> => {
      await page.getByRole('button', { name }).click();
      await hasText(page.locator('.toast'), 'copied');
      return page.evaluate(() => navigator.clipboard.readText());
    };
    expect(await copied('Copy Pointer')).toBe("/it's");
    expect(JSON.parse(await copied('Copy JSON'))).toBe('a "quoted" $value');
    const command = await copied('Copy Set command');
    const shell = spawn('sh', ['-c', command.replace('jsonmmap', 'printf "%s\\n"')]);
    const [output] = await once(shell.stdout, 'data');
    expect(String(output).trimEnd().split('\n')).toEqual(['set', 'app', "/it's", '"a \\"quoted\\" $value"']);
  });

  it('filters the keys of the container that is selected', async () => {
    const page = await kit.open('app/tree?path=/flags/beta');
    await hasText(page.locator('.bar-note'), '/flags');
    await rowOf(page, 'beta').locator('.twisty').click();
    await rowOf(page, 'color').click();
    await page.getByRole('searchbox').fill('ON');
    await hasText(page.locator('.bar-note'), '1 found');
    await isGone(rowOf(page, 'color'));
    await page.getByRole('searchbox').fill('');
    await rowOf(page, 'color').waitFor();
  });

  it('finds open containers again after others came before them', async () => {
    const page = await kit.open('app/tree?path=/list/0');
    await rowOf(page, '0').waitFor();
    master.write({ first: 1, ...(master.current as object) });
    await rowOf(page, 'first').waitFor();
    const keys = () => page.locator('.tree-line .key').allTextContents();
    const wanted = ['(document)', 'first', 'flags', 'list', '0', '1', '2', "it's"];
    await expect.poll(keys).toEqual(wanted);
    master.delete('/list');
    await expect.poll(keys).toEqual(['(document)', 'first', 'flags', "it's"]);
    master.set('/list', [1, 2, 3]);
  });

  it('filters a container that is selected and closed, and opens it', async () => {
    const page = await kit.open('app/tree?path=/flags');
    await hasText(page.locator('.bar-note'), '/flags');
    await page.getByRole('searchbox').fill('b');
    await hasText(page.locator('.bar-note'), '1 found');
    await rowOf(page, 'beta').waitFor();
  });

  it('shows what was removed, and not only where', async () => {
    const page = await kit.open('app/changes');
    master.set('/passing', 'gone soon');
    await hasText(page.locator('.step').first(), /passing.*gone soon/);
    master.delete('/passing');
    await hasText(page.locator('.step').first().locator('.was'), 'gone soon');
  });

  it('says that there is no such region, and shows it when it comes', async () => {
    const page = await kit.open('later/tree');
    await hasText(page.locator('.problem'), 'the region later does not exist');
    const later = Master.open('later', { dir: kit.dir, initial: { a: 1 } });
    await rowOf(page, 'a').waitFor();
    later.close();
    remove('later', { dir: kit.dir });
  });

  it('says that its region has been removed', async () => {
    const gone = Master.open('gone', { dir: kit.dir, initial: { a: 1 } });
    const page = await kit.open('gone/tree');
    await rowOf(page, 'a').waitFor();
    gone.close();
    remove('gone', { dir: kit.dir });
    await hasText(page.locator('.state'), 'removed');
  });

  it('has a title, labels and landmarks for those who do not see it', async () => {
    const page = await kit.open('app/tree?path=/flags');
    await page.locator('.detail .json').waitFor();
    expect(await page.title()).toBe('app · jsonmmap');
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, a, textarea')]
        .filter((element) => {
          const labels = (element as HTMLInputElement).labels?.length ?? 0;
          return element.textContent?.trim() === '' && !element.hasAttribute('aria-label') && labels === 0;
        })
        .map(({ outerHTML }) => outerHTML),
    );
    expect(unnamed).toEqual([]);
    const item = rowOf(page, 'flags');
    expect(await item.getAttribute('aria-expanded')).toBe('false');
    expect(await item.getAttribute('aria-level')).toBe('2');
    expect(await item.getAttribute('aria-selected')).toBe('true');
  });
});
