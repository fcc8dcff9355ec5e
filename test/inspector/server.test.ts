/** What the page can ask for, over real regions. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { Follower, Master } from '../../src/index.js';
import type {
  ChangeEvent,
  ChildrenAnswer,
  DiffAnswer,
  FollowersAnswer,
  HistoryAnswer,
  RegionState,
  RegionsAnswer,
  SearchHit,
  SearchLine,
  SizesAnswer,
  SpaceAnswer,
  ValueAnswer,
  VersionsAnswer,
} from '../../src/inspector/api.js';
import { feed } from '../../src/inspector/server/feed.js';
import { Session } from '../../src/inspector/server/session.js';
import { startProgram, until } from '../cli/command.js';
import { cleanLater, directory, inspect } from './kit.js';

function open(dir: string, name: string, initial: unknown, options: object = {}): Master {
  const master = Master.open(name, { dir, control: true, initial, history: 50, ...options });
  cleanLater(() => master.close());
  return master;
}

describe('the list of regions', () => {
  it('has those of the directory, damaged ones with their error, and whether changes are allowed', async () => {
    const dir = directory();
    open(dir, 'one', {});
    open(dir, 'two', { a: 1 }).close();
    const browser = await inspect(dir, { write: true });
    const { regions, write, directory: shown } = await browser.get<RegionsAnswer>('');
    expect(write).toBe(true);
    expect(shown).toBe(dir);
    expect(regions.map(({ name, masterAlive }) => [name, masterAlive])).toEqual([
      ['one', true],
      ['two', false],
    ]);
  });
});

describe('children', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, i]);

  it('come in windows, filtered by their key', async () => {
    const dir = directory();
    open(dir, 'wide', { big: Object.fromEntries(keys), list: [1, 'x', null] });
    const browser = await inspect(dir);
    const at = '/wide/children?path=/big';
    const window = await browser.get<ChildrenAnswer>(`${at}&from=19998&count=10`);
    expect(window.at).toEqual({ kind: 'object', size: 20_000 });
    expect(window.rows).toEqual([
      { key: 'key 19998', kind: 'number', value: 19_998 },
      { key: 'key 19999', kind: 'number', value: 19_999 },
    ]);
    const filtered = await browser.get<ChildrenAnswer>(`${at}&filter=KEY%201999&count=5`);
    expect(filtered.count).toBe(11); // key 1999 and ten of five digits
    expect(filtered.rows[0].key).toBe('key 1999');
    const list = await browser.get<ChildrenAnswer>('/wide/children?path=/list');
    expect(list.rows.map(({ key, kind }) => [key, kind])).toEqual([
      ['0', 'number'],
      ['1', 'string'],
      ['2', 'null'],
    ]);
    expect((await browser.get<ChildrenAnswer>(`${at}&count=100000`)).rows).toHaveLength(1000);
  });

  it.each([
    ['a path that leads nowhere', '?path=/nothing', 404],
    ['a text that is no pointer', '?path=big', 400],
    ['a number that is none', '?path=&from=-1', 400],
    ['a version that is not there', '?path=&version=99', 410],
  ])('of %s are an error with a code', async (_, query, status) => {
    const dir = directory();
    open(dir, 'small', { a: 1 });
    const answer = await (await inspect(dir)).get(`/small/children${query}`);
    expect(answer).toMatchObject({ status, code: expect.stringMatching(/^ERR_/), message: expect.any(String) });
  });
});

describe('a value', () => {
  it('is text, whatever it looks like, and the beginning of a long one', async () => {
    const dir = directory();
    const script = '<script>alert(1)</script>';
    open(dir, 'texts', { [script]: script, long: 'x'.repeat(10_000_000) });
    const browser = await inspect(dir);
    const path = encodeURIComponent(`/${script.replaceAll('/', '~1')}`);
    const { headers } = await browser.send(`/api/regions/texts/value?path=${path}`, { cookie: browser.cookie });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect((await browser.get<ValueAnswer>(`/texts/value?path=${path}`)).text).toBe(JSON.stringify(script));
    const long = await browser.get<ValueAnswer>('/texts/value?path=/long');
    expect(long.cut).toBe(true);
    expect(long.text).toHaveLength(1_000_000);
    const { rows } = await browser.get<ChildrenAnswer>('/texts/children?path=');
    expect(rows[1]).toMatchObject({ kind: 'string', size: 10_000_000, cut: true });
    expect(String(rows[1].value)).toHaveLength(160);
  });

  it('of any depth is shown', async () => {
    const dir = directory();
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = { d: deep };
    open(dir, 'deep', deep);
    const browser = await inspect(dir);
    const answer = await browser.get<ChildrenAnswer>(`/deep/children?path=${'/d'.repeat(6000)}`);
    expect(answer.at).toEqual({ kind: 'object', size: 1 });
    expect((await browser.get<ValueAnswer>(`/deep/value?path=`)).text).toContain('"d"');
    const [hit] = await browser.lines<SearchHit>('/deep/search?path=&text=1');
    expect(hit.path).toHaveLength(20_000);
  });
});

describe('versions', () => {
  it('can be listed, compared, and followed along one path', async () => {
    const dir = directory();
    const master = open(dir, 'ring', { a: 1, b: { c: [1, 2] } });
    master.set('/a', 2);
    master.set('/b/c/0', 7);
    master.delete('/a');
    const browser = await inspect(dir);
    const { versions } = await browser.get<VersionsAnswer>('/ring/versions');
    expect(versions.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect(versions[0].appendedBytes).toBeGreaterThan(0);
    expect(versions[0].masterPid).toBe(process.pid);
    const diff = await browser.get<DiffAnswer>('/ring/diff?from=1&to=4');
    expect(diff.operations).toBe(2);
    expect(diff.changes).toEqual([
      { op: 'remove', path: '/a', before: { text: '1', cut: false } },
      { op: 'replace', path: '/b/c/0', before: { text: '1', cut: false }, after: { text: '7', cut: false } },
    ]);
    const { changes, oldest } = await browser.get<HistoryAnswer>('/ring/history?path=/a');
    expect(oldest).toBe(1);
    expect(changes.map(({ version, value }) => [version, value?.text])).toEqual([
      [4, undefined],
      [2, '2'],
      [1, '1'],
    ]);
    expect((await browser.get<HistoryAnswer>('/ring/history?path=/never')).changes).toEqual([]);
  });

  it('say what changed inside a container of which a line shows too little', async () => {
    const dir = directory();
    const users = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`u${i}`, { n: i }]));
    const master = open(dir, 'wide', { users, small: { a: 1 } });
    master.set('/users/u500/n', -1);
    master.merge({ users: { u1: null, u2: null, u3: null, u4: { n: 'four' }, u5: { n: 'five' } } });
    master.set('/users', { ...users, none: 'of it' });
    master.set('/small/a', 2);
    const browser = await inspect(dir);
    const { changes } = await browser.get<HistoryAnswer>('/wide/history?path=/users');
    expect(changes.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    const [, many, one, first] = changes.map(({ inside }) => inside);
    expect(one).toEqual({
      operations: 1,
      changes: [
        {
          op: 'replace',
          path: '/users/u500/n',
          before: { text: '500', cut: false },
          after: { text: '-1', cut: false },
        },
      ],
    });
    expect(many?.operations).toBe(5);
    expect(many?.changes).toHaveLength(3);
    expect(first).toBeUndefined();
    const whole = await browser.get<HistoryAnswer>('/wide/history?path=/small');
    expect(whole.changes.map(({ value, inside }) => [value?.text, inside])).toEqual([
      ['{"a": 2}', undefined],
      ['{"a": 1}', undefined],
    ]);
  });

  it('say who asked for them', async () => {
    const dir = directory();
    open(dir, 'asked', { a: 1 });
    const browser = await inspect(dir, { write: true });
    await browser.edit('asked', { verb: 'set', path: '/a', value: 2, before: 1, ifVersion: 1 });
    await browser.get<RegionState>('/asked/status');
    const { versions } = await browser.get<VersionsAnswer>('/asked/versions');
    expect(versions[0].requestedBy).toEqual({ pid: process.pid, name: 'jsonmmap inspect' });
    expect(versions[1].requestedBy).toBeUndefined();
  });

  it('with large values are shown in a line', async () => {
    const dir = directory();
    const master = open(dir, 'large', {});
    master.set(
      '/list',
      Array.from({ length: 100_000 }, (_, i) => i),
    );
    master.set('/text', '"'.repeat(5000));
    const { changes } = await (await inspect(dir)).get<DiffAnswer>('/large/diff?from=1');
    const [list, text] = ['/list', '/text'].map((path) => changes.find((change) => change.path === path)?.after);
    expect(list).toEqual({ text: '[… 100000 elements]', cut: true });
    expect(text?.cut).toBe(true);
    expect(text?.text.length).toBeLessThan(5000);
  });
});

describe('search', () => {
  it('finds keys and values below a path, in the order of the document', async () => {
    const dir = directory();
    open(dir, 'words', { Apple: 1, tree: { fruit: 'an apple', n: 42 }, other: ['APPLE pie', true] });
    const browser = await inspect(dir);
    const lines = await browser.lines<SearchLine>('/words/search?path=&text=apple');
    expect(lines.slice(0, -1)).toMatchObject([
      { path: '/Apple', found: 'key' },
      { path: '/tree/fruit', found: 'value' },
      { path: '/other/0', found: 'value' },
    ]);
    expect(lines.at(-1)).toEqual({ done: true, version: 1, hits: 3, limited: false });
    const below = await browser.lines<SearchLine>('/words/search?path=/tree&text=4');
    expect(below[0]).toMatchObject({ path: '/tree/n', value: 42 });
    expect(await browser.get('/words/search?path=&text=')).toMatchObject({ status: 400 });
  });

  it('does not keep others waiting, and ends when nobody waits for it', async () => {
    const dir = directory();
    const rows = Array.from({ length: 100_000 }, (_, i) => ({ id: i, name: `name ${i}`, note: `the note of ${i}` }));
    open(dir, 'rows', { rows });
    const browser = await inspect(dir);
    let [turns, done] = [0, false];
    const searching = browser.lines<SearchLine>('/rows/search?path=&text=nowhere').finally(() => {
      done = true;
    });
    while (!done) {
      const { version } = await browser.get<RegionState>('/rows/status');
      expect(version).toBe(1);
      turns++;
    }
    expect((await searching).at(-1)).toMatchObject({ done: true, hits: 0 });
    expect(turns).toBeGreaterThan(1); // one that was answered when the search was over is the last
  });
});

describe('sizes', () => {
  it('names the heaviest children, and says how the space is used', async () => {
    const dir = directory();
    const master = open(dir, 'heavy', { light: 1, heavy: 'x'.repeat(10_000), list: Array(500).fill('some text') });
    master.set('/heavy', 'y'.repeat(9_000));
    const browser = await inspect(dir);
    const { bytes, heaviest } = await browser.get<SizesAnswer>('/heavy/sizes?path=');
    expect(heaviest.map(({ key }) => key)).toEqual(['heavy', 'list', 'light']);
    expect(heaviest[0].bytes).toBe(9_000);
    expect(bytes).toBeGreaterThan(9_000);
    const space = await browser.get<SpaceAnswer>('/heavy/space');
    expect(space.liveBytes).toBe(bytes);
    expect(space.garbageBytes).toBeGreaterThanOrEqual(5_000);
    const total = space.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(space.liveBytes + space.garbageBytes + space.spareBytes).toBe(total);
    expect(space.freeBytes).toBeGreaterThan(0);
  });
});

describe('followers', () => {
  it('are the processes that have the region mapped, and how they are woken', async () => {
    const dir = directory();
    open(dir, 'watched', { a: 1 });
    const child = await startProgram('region-watcher.mjs', dir, 'watched', 'ref');
    const { followers } = await (await inspect(dir)).get<FollowersAnswer>('/watched/followers');
    const found = followers.find(({ pid }) => pid === child.pid);
    expect(found).toMatchObject({ lagVersions: 0, heldBytes: 0, system: expect.stringMatching(/native|syscalls/) });
    expect(found?.wokenBy).toBe(found?.system === 'native' ? 'futex' : 'watch');
  });
});

describe('events', () => {
  it('tell what has changed, with the values before and after, and the state once a second', async () => {
    const dir = directory();
    const master = open(dir, 'live', { a: 1 });
    const browser = await inspect(dir);
    const events: [string, unknown][] = [];
    browser.listen('live', (event, data) => events.push([event, data]));
    await until(() => events.some(([event]) => event === 'status'));
    master.set('/a', 2);
    const change = await until(() => events.find(([event]) => event === 'change')?.[1] as ChangeEvent | undefined);
    expect(change).toMatchObject({ version: 2, previousVersion: 1, masterPid: process.pid, operations: 1 });
    expect(change.changes).toEqual([
      { op: 'replace', path: '/a', before: { text: '1', cut: false }, after: { text: '2', cut: false } },
    ]);
    const states = () => events.filter(([event]) => event === 'status').map(([, data]) => data as RegionState);
    await until(() => states().some(({ version, report }) => version === 2 && report?.publishes === 2));
  });

  it('tell a page nothing of the version that it began with, though the follower hears of it later', () => {
    const dir = directory();
    const master = open(dir, 'begun', { n: 0 });
    const session = new Session(Follower.open('begun', { dir }), { dir });
    cleanLater(() => session.follower.close());
    const written: string[] = [];
    const response = Object.assign(new EventEmitter(), {
      writeHead: () => {},
      write: (text: string) => written.push(text),
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    cleanLater(() => void vi.useRealTimers());
    feed(session, response as unknown as ServerResponse, () => ({}) as RegionState);
    cleanLater(() => void response.emit('close'));
    const changes = () => written.filter((text) => text.startsWith('event: change'));
    const hear = () => {
      session.follower.emit('change', {} as never);
      vi.advanceTimersByTime(100);
    };
    hear();
    expect(changes()).toEqual([]);
    master.set('/n', 1);
    hear();
    expect(changes()).toHaveLength(1);
    expect(changes()[0]).toContain('"version":2,"previousVersion":1');
  });

  it('put many versions into one step, which begins where the last one ended', async () => {
    const dir = directory();
    const master = open(dir, 'burst', { n: 0 });
    const browser = await inspect(dir);
    const changes: ChangeEvent[] = [];
    let ready = false;
    browser.listen('burst', (event, data) => {
      if (event === 'change') changes.push(data as ChangeEvent);
      ready = true;
    });
    await until(() => ready);
    for (let n = 1; n <= 40; n++) master.set('/n', n);
    await until(() => changes.at(-1)?.version === master.version);
    expect(changes.length).toBeLessThan(5);
    expect(changes[0].previousVersion).toBe(1);
    for (let i = 1; i < changes.length; i++) expect(changes[i].previousVersion).toBe(changes[i - 1].version);
  });

  it('say that the region was removed; the next look finds the new one of that name', async () => {
    const dir = directory();
    const first = open(dir, 'again', { life: 1 });
    const browser = await inspect(dir);
    const seen: string[] = [];
    browser.listen('again', (event) => seen.push(event));
    await until(() => seen.includes('status'));
    first.close();
    const { remove } = await import('../../src/index.js');
    remove('again', { dir });
    await until(() => seen.includes('removed'));
    expect(await browser.get('/again/status')).toMatchObject({ status: 404, code: 'ERR_REGION_NOT_FOUND' });
    open(dir, 'again', { life: 2 });
    expect((await browser.get<ValueAnswer>('/again/value?path=/life')).text).toBe('2');
    expect(browser.errors).toEqual([]);
  });

  it('are for a bounded number of pages', async () => {
    const dir = directory();
    open(dir, 'busy', {});
    const browser = await inspect(dir);
    let told = 0;
    const streams = Array.from({ length: 32 }, () => browser.listen('busy', () => told++));
    await until(() => told >= 32);
    expect(await browser.get('/busy/events')).toMatchObject({ status: 503 });
    for (const stream of streams) stream.close();
    let accepted = false;
    await until(() => {
      browser.listen('busy', () => {
        accepted = true;
      });
      return accepted;
    });
  });
});

describe('changes', () => {
  it('are made by the master if the value is the one that was seen, whatever happened elsewhere', async () => {
    const dir = directory();
    const master = open(dir, 'edited', { a: 1, elsewhere: 0 });
    const browser = await inspect(dir, { write: true });
    master.set('/elsewhere', 1);
    const change = { verb: 'set', path: '/a', value: { new: true }, before: 1, ifVersion: 1 };
    expect(await browser.edit('edited', change)).toMatchObject({ status: 200, version: 3 });
    expect(await browser.edit('edited', change)).toMatchObject({ status: 409, code: 'ERR_CONFLICT' });
    const added = { verb: 'set', path: '/b', value: 2, ifVersion: 2 };
    expect(await browser.edit('edited', added)).toMatchObject({ status: 409, code: 'ERR_CONFLICT' });
    expect(await browser.edit('edited', { ...added, ifVersion: 3 })).toMatchObject({ status: 200 });
    expect(await browser.edit('edited', { verb: 'delete', path: '/b', before: 2, ifVersion: 4 })).toMatchObject({
      status: 200,
    });
    expect(master.current).toEqual({ a: { new: true }, elsewhere: 1 });
  });

  it('bring back what a value was in an older version, or was not', async () => {
    const dir = directory();
    const master = open(dir, 'restored', { a: 1 });
    master.set('/a', 2);
    master.set('/b', 3);
    const browser = await inspect(dir, { write: true });
    const restore = (path: string, version: number, before: unknown) =>
      browser.edit('restored', { verb: 'restore', path, version, before, ifVersion: master.version });
    expect(await restore('/a', 1, 2)).toMatchObject({ status: 200 });
    expect(await restore('/b', 1, 3)).toMatchObject({ status: 200 });
    expect(master.current).toEqual({ a: 1 });
    expect(await restore('', 3, { a: 1 })).toMatchObject({ status: 200 });
    expect(master.current).toEqual({ a: 2, b: 3 });
    expect(await restore('/a', 999, 2)).toMatchObject({ status: 410, code: 'ERR_VERSION_GONE' });
  });

  it('that the schema refuses come back with its issues', async () => {
    const dir = directory();
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof (value as { a: unknown }).a === 'number'
            ? { value }
            : { issues: [{ message: 'a number', path: ['a'] }] },
      },
    };
    const master = open(dir, 'strict', { a: 1 }, { schema });
    const browser = await inspect(dir, { write: true });
    const answer = await browser.edit('strict', { verb: 'set', path: '/a', value: 'x', before: 1, ifVersion: 1 });
    expect(answer).toMatchObject({ status: 409, code: 'ERR_SCHEMA', issues: [{ message: 'a number', path: ['a'] }] });
    expect(master.version).toBe(1);
  });

  it('need a master that takes requests', async () => {
    const dir = directory();
    open(dir, 'closed', { a: 1 }).close();
    const browser = await inspect(dir, { write: true });
    const answer = await browser.edit('closed', { verb: 'set', path: '/a', value: 2, before: 1, ifVersion: 1 });
    expect(answer).toMatchObject({ status: 409, code: 'ERR_REGION_LOCKED' });
  });

  it.each([
    ['no verb', {}],
    ['an unknown verb', { verb: 'write', path: '', value: 1, ifVersion: 1 }],
    ['no path', { verb: 'set', value: 1, ifVersion: 1 }],
    ['no version', { verb: 'set', path: '/a', value: 1 }],
    ['no value', { verb: 'set', path: '/a', ifVersion: 1 }],
    ['nothing to delete', { verb: 'delete', path: '/b', ifVersion: 1 }],
    ['nothing to restore', { verb: 'restore', path: '/a', ifVersion: 1 }],
  ])('with %s are refused', async (_, body) => {
    const dir = directory();
    const master = open(dir, 'checked', { a: 1 });
    const browser = await inspect(dir, { write: true });
    expect(await browser.edit('checked', body)).toMatchObject({ status: 400 });
    expect(master.version).toBe(1);
  });
});

describe('a hostile name', () => {
  it.each(['..%2Fetc', '%00', '%zz', 'a%2Fb', '.', '%E2%80%AE', 'x'.repeat(300)])(
    'such as %s is an error',
    async (name) => {
      const browser = await inspect(directory());
      const answer = await browser.get(`/${name}/status`);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(browser.errors).toEqual([]);
    },
  );
});
