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
  let turn = 0;

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

  it('flashes the row that changed, and the collapsed one around it', async () => {
    const page = await kit.open('app/tree?path=/flags/beta/on');
    await rowOf(page, 'on').waitFor();
    master.set('/flags/beta/on', !master.get('/flags/beta/on'));
    await page
      .locator('.tree-line[class*=flash]', { hasText: 'on:' })
      .or(rowOf(page, 'on').and(page.locator('[class*=flash]')))
      .first()
      .waitFor();
    await rowOf(page, 'flags').locator('.twisty').click();
    master.set('/flags/beta/on', !master.get('/flags/beta/on'));
    await rowOf(page, 'flags').and(page.locator('[class*=flash]')).waitFor();
  });

  it('moves nothing for those who asked for less motion, and marks the row instead', async () => {
    const page = await kit.open('app/tree', { reducedMotion: 'reduce' });
    await rowOf(page, 'list').waitFor();
    master.set('/list/0', ++turn);
    const flashing = rowOf(page, 'list').and(page.locator('[class*=flash]'));
    await flashing.waitFor();
    const [animation, shadow] = await flashing.evaluate((row) => [
      getComputedStyle(row).animationName,
      getComputedStyle(row).boxShadow,
    ]);
    expect(animation).toBe('none');
    expect(shadow).not.toBe('none');
  });

  it('holds still while it is paused', async () => {
    const page = await kit.open('app/changes');
    await hasText(page.locator('.step'), '/flags');
    await page.getByRole('button', { name: 'Pause' }).click();
    const shown = await page.locator('.last-change').textContent();
    master.set('/list/1', 'held back');
    await hasText(page.getByRole('button', { name: /Resume/ }), 'Resume (1)');
    expect((await page.locator('.last-change-what').textContent()) ?? '').not.toContain('held back');
    expect(shown).not.toContain('held back');
    await page.getByRole('button', { name: /Resume/ }).click();
    await hasText(page.locator('.last-change'), 'held back');
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

  it('says that its region has been removed', async () => {
    const gone = Master.open('gone', { dir: kit.dir, initial: { a: 1 } });
    const page = await kit.open('gone/tree');
    await rowOf(page, 'a').waitFor();
    gone.close();
    const { remove } = await import('../../../src/index.js');
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
