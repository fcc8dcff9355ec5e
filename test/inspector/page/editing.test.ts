import { beforeAll, expect, it } from 'vitest';
import { Master } from '../../../src/index.js';
import { describePage, hasText, isGone } from './kit.js';

const schema = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) =>
      typeof (value as { limit?: unknown }).limit === 'number'
        ? { value }
        : { issues: [{ message: 'must be a number', path: ['limit'] }] },
  },
};

describePage('editing on the page', (kit) => {
  let master: Master<unknown>;

  beforeAll(() => {
    master = Master.open('edited', {
      dir: kit.dir,
      history: 20,
      control: true,
      schema,
      initial: { limit: 10, name: 'first', busy: 0 },
    });
    return () => master.close();
  });

  it('writes through the master what was reviewed', async () => {
    const page = await kit.open('edited/tree?path=/limit');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('JSON').fill('20');
    await page.getByRole('button', { name: 'Review' }).click();
    await hasText(page.locator('.diff .before'), '10');
    await hasText(page.locator('.diff .after'), '20');
    expect(master.get('/limit')).toBe(10);
    await page.getByRole('button', { name: 'Write to edited' }).click();
    await hasText(page.locator('.detail .value'), '20');
    expect(master.get('/limit')).toBe(20);
    await hasText(page.locator('.last-change'), '10 → 20');
  });

  it('does not offer to review what is not JSON', async () => {
    const page = await kit.open('edited/tree?path=/name');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('JSON').fill('{"a": }');
    await hasText(page.locator('.edit-problem'), /JSON|token/);
    expect(await page.getByRole('button', { name: 'Review' }).isDisabled()).toBe(true);
  });

  it('shows why the schema refuses, and keeps the text', async () => {
    const page = await kit.open('edited/tree?path=/limit');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('JSON').fill('"many"');
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByRole('button', { name: 'Write to edited' }).click();
    await hasText(page.getByRole('alert'), 'must be a number');
    await hasText(page.getByRole('alert'), 'ERR_SCHEMA');
    await page.getByRole('button', { name: 'Back to the text' }).click();
    expect(await page.getByLabel('JSON').inputValue()).toBe('"many"');
  });

  it('writes nothing over a value that has become another one, keeps the text, and compares again', async () => {
    const page = await kit.open('edited/tree?path=/name');
    await hasText(page.locator('.detail .json'), 'first');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('JSON').fill('"mine"');
    await page.getByRole('button', { name: 'Review' }).click();
    master.set('/name', 'theirs');
    await page.getByRole('button', { name: 'Write to edited' }).click();
    await hasText(page.getByRole('alert'), 'ERR_CONFLICT');
    await hasText(page.locator('.diff .before'), '"theirs"');
    await hasText(page.locator('.diff .after'), '"mine"');
    expect(master.get('/name')).toBe('theirs');
    await page.getByRole('button', { name: /Review against version/ }).click();
    await page.getByRole('button', { name: 'Write to edited' }).click();
    await hasText(page.locator('.detail .value'), '"mine"');
    expect(master.get('/name')).toBe('mine');
  });

  it('succeeds where only other values have changed, even for a new key', async () => {
    const page = await kit.open('edited/tree?path=');
    const timer = setInterval(() => master.set('/busy', (master.get('/busy') as number) + 1), 10);
    try {
      await page.getByRole('button', { name: 'Add key' }).click();
      await page.getByLabel('Key', { exact: true }).fill('new/key');
      await page.getByLabel('JSON').fill('[1]');
      await page.getByRole('button', { name: 'Review' }).click();
      await page.getByRole('button', { name: 'Write to edited' }).click();
      await expect.poll(() => master.get('/new~1key'), { timeout: 10_000 }).toEqual([1]);
    } finally {
      clearInterval(timer);
    }
  });

  it('restores an older value, and deletes one', async () => {
    master.set('/name', 'older');
    master.set('/name', 'newer');
    const page = await kit.open('edited/tree?path=/name');
    await page
      .locator('.path-history li', { hasText: '"older"' })
      .getByRole('button', { name: 'Restore' })
      .last()
      .click();
    await hasText(page.locator('.diff .after'), '"older"');
    await page.getByRole('button', { name: 'Write to edited' }).click();
    await isGone(page.locator('.editor'));
    expect(master.get('/name')).toBe('older');
    await hasText(page.locator('.detail .value'), '"older"');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete from edited' }).click();
    await expect.poll(() => master.has('/name')).toBe(false);
  });

  it('offers nothing of this where the inspector does not write', async () => {
    const page = await kit.open('edited/tree?path=/limit', { write: false });
    await hasText(page.locator('.detail .json'), '20');
    await page.locator('.path-history').waitFor();
    expect(await page.getByRole('button', { name: /^(Edit|Delete|Restore|Add key)$/ }).count()).toBe(0);
  });
});
