/** `run --metrics`, as Prometheus, Kubernetes and an attacker meet it. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until, Workplace } from './running.js';

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.save('first');
});
afterEach(() => place.close());

async function served() {
  const { child, output, ended } = place.run(['--followers', '0', '--metrics', '0'], { command: [] });
  await until(
    () => `the document is published: ${output.err}`,
    () => output.err.includes('version 1 published'),
  );
  const [, url] = /metrics are at (http:\S+)/.exec(output.err) ?? [];
  return { child, output, ended, url };
}

async function ask(url: string, options: { method?: string; host?: string } = {}) {
  const asked = request(url, {
    method: options.method,
    headers: options.host === undefined ? {} : { host: options.host },
  });
  asked.end();
  const [response] = await once(asked, 'response');
  return { status: response.statusCode, type: response.headers['content-type'], body: await text(response) };
}

describe('the server of run --metrics', () => {
  it('serves metrics and health at 127.0.0.1, until the run ends', async () => {
    const { child, output, ended, url } = await served();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const { status, type, body } = await ask(url);
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    expect(body).toContain('jsonmmap_version{region="app"} 1\n');
    place.save('second');
    await until('the second version is published', () => output.err.includes('version 2 published'));
    expect((await ask(url)).body).toContain('jsonmmap_publishes_total{region="app"} 2\n');
    expect(await ask(new URL('/health', url).href)).toMatchObject({ status: 200, body: 'ok\n' });
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.skipIf(!existsSync('/proc/self/maps'))('counts the followers', async () => {
    const { output } = place.run(['--followers', '2', '--metrics', '0']);
    await until('it is served', () => output.err.includes('metrics are at'));
    const [, url] = /metrics are at (http:\S+)/.exec(output.err) ?? [];
    await until('both are found', async () => (await ask(url)).body.includes('jsonmmap_followers{region="app"} 2\n'));
    expect((await ask(url)).body).toContain('jsonmmap_followers_lag_versions{region="app"} 0\n');
  });

  it('refuses other methods, paths, and names that a page in a browser could give it', async () => {
    const { url } = await served();
    expect(await ask(url, { method: 'POST' })).toMatchObject({ status: 405 });
    expect(await ask(new URL('/document', url).href)).toMatchObject({ status: 404 });
    expect(await ask(url, { host: 'attacker.example:9464' })).toMatchObject({ status: 403 });
    expect(await ask(url, { host: 'localhost:9464' })).toMatchObject({ status: 200 });
    expect(await ask(url, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it('does not start where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { output, ended } = place.run(['--followers', '0', '--metrics', String(port)], { command: [] });
    expect(await ended).toBe(1);
    expect(output.err).toContain(`metrics cannot be served at 127.0.0.1:${port}: EADDRINUSE`);
    other.close();
  });

  it.each(['example.com:80', '70000', '::1', '1.2.3:80'])('refuses the address %s', async (address) => {
    const { output, ended } = place.run(['--metrics', address]);
    expect(await ended).toBe(2);
    expect(output.err).toContain('must be a port, or a numeric address and a port');
  });
});

it('health tells a living master from one that was killed', async () => {
  const { child, ended } = await served();
  expect(await place.verb('health', 'app')).toMatchObject({ code: 0 });
  expect(await place.verb('health', 'app', '--max-age', '1h')).toMatchObject({ code: 0 });
  expect(await place.verb('health', 'app', '--max-age', '1ms')).toMatchObject({ code: 1 });
  expect(await place.verb('health', 'other')).toMatchObject({ code: 3 });
  child.kill('SIGKILL');
  await ended;
  expect(await place.verb('health', 'app')).toMatchObject({ code: 1 });
});
