/** Who may talk to an inspector: nobody but the browser that was given its address, and our own page in it. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { cleanLater, directory, inspect } from './kit.js';

function region(dir: string): Master<{ a: number }> {
  const master = Master.open('demo', { dir, control: true, initial: { a: 1 } });
  cleanLater(() => master.close());
  return master;
}

describe('an inspector', () => {
  it('gives the token of its address to the browser as a cookie that no script and no other site can use', async () => {
    const browser = await inspect(directory());
    const opened = await browser.send(`/?token=${browser.base.searchParams.get('token')}`);
    expect(opened.status).toBe(303);
    expect(opened.headers.location).toBe('/');
    expect(String(opened.headers['set-cookie'])).toMatch(
      /^jsonmmap-inspect-\d+=\S+; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  it('serves its page, and nothing else of the disk', async () => {
    const browser = await inspect(directory());
    const { cookie } = browser;
    expect((await browser.send('/', { cookie })).text).toContain('the page');
    expect((await browser.send('/assets/page.js', { cookie })).headers['content-type']).toContain('text/javascript');
    for (const path of ['/../kit.ts', '/assets/../../kit.ts', '/%2e%2e/kit.ts', '/assets', '/etc/passwd', '/index.htm'])
      expect((await browser.send(path, { cookie })).status).toBe(404);
  });

  it('says with every answer that nothing from elsewhere may run, frame or read it', async () => {
    const browser = await inspect(directory());
    for (const path of ['/', '/api/regions', '/nothing']) {
      const { headers } = await browser.send(path, { cookie: browser.cookie });
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  const evil = 'http://evil.example';
  it.each([
    ['without a cookie', {}],
    ['with a wrong cookie', { cookie: 'jsonmmap-inspect-1=x' }],
    ['with a name that leads to 127.0.0.1', { host: 'evil.example:80' }],
    ['with no port', { host: '127.0.0.1' }],
    ['from a page of another site', { origin: evil }],
    ['from a sandboxed page', { origin: 'null' }],
    ['from a page of another port', { origin: 'http://127.0.0.1:1' }],
    ['that a browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['that a browser calls same-site', { 'sec-fetch-site': 'same-site' }],
  ])('refuses a request %s', async (_, headers) => {
    const browser = await inspect(directory());
    const { cookie } = browser;
    const sent = { ...('cookie' in headers || Object.keys(headers).length === 0 ? {} : { cookie }), ...headers };
    for (const path of ['/', '/api/regions', '/assets/page.js']) {
      const answer = await browser.send(path, sent);
      expect(answer.status).toBe(403);
      const message = 'open the address that jsonmmap inspect printed';
      if (path.startsWith('/api/')) expect(JSON.parse(answer.text)).toEqual({ code: 'ERR_INVALID_ARG', message });
      else expect(answer.text).toBe(`jsonmmap: ${message}\n`);
    }
  });

  it('refuses the right token of a name that leads to 127.0.0.1', async () => {
    const browser = await inspect(directory());
    const token = browser.base.searchParams.get('token');
    expect((await browser.send(`/?token=${token}`, { host: 'evil.example' })).status).toBe(403);
    expect((await browser.send(`/?token=${token}x`)).status).toBe(403);
  });

  it('listens on 127.0.0.1 and no other address', async () => {
    const { base } = await inspect(directory());
    const socket = connect(Number(base.port), '127.0.0.2');
    const refused = await new Promise((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      socket.once('connect', () => resolve('connected'));
    });
    socket.destroy();
    expect(refused).toBe('ECONNREFUSED');
  });

  it.each(['GET http://evil.example/ HTTP/1.1', 'GET //evil.example/%zz HTTP/1.1', 'OPTIONS * HTTP/1.1'])(
    'answers %s, and lives',
    async (line) => {
      const browser = await inspect(directory());
      const { hostname, port } = browser.base;
      const socket = connect(Number(port), hostname);
      socket.end(`${line}\r\nHost: ${hostname}:${port}\r\nCookie: ${browser.cookie}\r\nConnection: close\r\n\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect((await browser.get<{ regions: unknown }>('')).regions).toEqual([]);
      expect(browser.errors).toEqual([]);
    },
  );
});

describe('a change', () => {
  const change = { verb: 'set', path: '/a', value: 2, before: 1, ifVersion: 1 };

  it('is refused without --write', async () => {
    const dir = directory();
    const master = region(dir);
    const browser = await inspect(dir);
    expect(await browser.edit('demo', change)).toMatchObject({ status: 403 });
    expect(master.version).toBe(1);
  });

  it.each([
    ['of another site', { origin: 'http://evil.example' }],
    ['that does not say from which page', { origin: '' }],
    ['as a form sends it', { 'content-type': 'text/plain' }],
    ['without the cookie', { cookie: '' }],
  ])('%s is refused', async (_, headers) => {
    const dir = directory();
    const master = region(dir);
    const browser = await inspect(dir, { write: true });
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const { cookie, base } = browser;
    const ours: Record<string, string> = { cookie, origin: base.origin, 'content-type': 'application/json', ...sent };
    for (const [name, value] of Object.entries(headers)) if (value === '') delete ours[name];
    const answer = await browser.send('/api/regions/demo/edit', ours, 'POST', JSON.stringify(change));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(master.version).toBe(1);
  });

  it('cannot be asked for with GET', async () => {
    const dir = directory();
    region(dir);
    const browser = await inspect(dir, { write: true });
    expect(await browser.get('/demo/edit')).toMatchObject({ status: 404 });
    expect(
      (await browser.send('/api/regions/demo/value', { cookie: browser.cookie, origin: browser.base.origin }, 'DELETE'))
        .status,
    ).toBe(405);
  });
});
