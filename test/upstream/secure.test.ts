/** TLS with a private authority and client certificates, and passwords: each engine, on real servers that demand them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UpstreamEngine } from '../../src/upstream/contract.js';
import { openUpstream } from '../../src/upstream/open.js';
import { push } from '../../src/upstream/push.js';
import { type Certificates, makeCertificates } from './certificates.js';
import { Host, until } from './kit.js';
import { hasProgram, httpServer, natsServer, redisServer, type TestServer } from './servers.js';

const PASSWORD = 'a password with: % and #';
const missing = ['openssl', 'nats-server', 'redis-server'].filter((program) => !hasProgram(program));
const lacks = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} is not installed)`;

describe.skipIf(missing.length > 0)(`secrets${lacks}`, () => {
  let certificates: Certificates;
  const path = (name: string): string => certificates.path(name);

  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => certificates.remove());

  const nats = (name = 'server'): Promise<TestServer> => {
    const tls = ['--tls', '--tlscert', path(`${name}.pem`), '--tlskey', path(`${name}.key`)];
    return natsServer([...tls, '--tlsverify', '--tlscacert', path('ca.pem'), '--user', 'eve', '--pass', PASSWORD]);
  };
  const redis = async (): Promise<TestServer> => {
    const files = ['--tls-cert-file', path('server.pem'), '--tls-key-file', path('server.key')];
    const tls = [...files, '--tls-ca-cert-file', path('ca.pem'), '--tls-auth-clients', 'yes'];
    const users = ['--user', 'eve', 'on', `>${PASSWORD}`, '~*', '&*', '+@all', '--user', 'default', 'off'];
    return redisServer({ tls: true, words: [...tls, ...users] });
  };
  const http = (): Promise<TestServer> => {
    const [cert, key, ca] = ['server.pem', 'server.key', 'ca.pem'].map((name) => readFileSync(path(name)));
    const authorization = `Basic ${Buffer.from(`eve:${PASSWORD}`).toString('base64')}`;
    return httpServer({ tls: { cert, key, ca, requestCert: true, rejectUnauthorized: true }, authorization });
  };

  it('the certificate of a NATS server must have its address', async () => {
    const server = await nats('elsewhere');
    const file = path('elsewhere.json');
    writeFileSync(
      file,
      JSON.stringify({ user: 'eve', password: PASSWORD, ca: 'ca.pem', cert: 'client.pem', key: 'client.key' }),
    );
    const url = server.url('bucket', 'doc').replace(/^\w+/, 'nats+tls');
    await expect(openUpstream(url, file)).rejects.toThrow(/not in the cert's list: 127\.0\.0\.9|127\.0\.0\.1/);
    await server.close();
  });

  describe.each([
    { scheme: 'nats+tls', start: () => nats() },
    { scheme: 'rediss', start: redis },
    { scheme: 'https', start: http },
  ])('$scheme', ({ scheme, start }) => {
    const all = { user: 'eve', password: PASSWORD, ca: 'ca.pem', cert: 'client.pem', key: 'client.key' };
    let server: TestServer;
    let url: string;
    let files = 0;
    const credentials = (content: object): string => {
      const file = path(`credentials-${++files}.json`);
      writeFileSync(file, JSON.stringify(content));
      return file;
    };
    const head = async (content: object): Promise<unknown> => {
      let engine: UpstreamEngine | undefined;
      try {
        engine = await openUpstream(url, credentials(content));
        return await engine.head();
      } finally {
        await engine?.close();
      }
    };

    beforeAll(async () => {
      server = await start();
      url = server.url('bucket', 'doc').replace(/^\w+/, scheme);
    });
    afterAll(() => server.close());

    it('lets in who has all that it demands, writers and hosts', async () => {
      const file = credentials(all);
      const engine = await openUpstream(url, file);
      await engine.create();
      await push(engine, { n: 1 });
      const host = new Host(url, { credentials: file });
      await until(() => expect([host.value, host.state]).toEqual([{ n: 1 }, 'live']));
      await push(engine, { n: 2 });
      await until(() => expect(host.value).toEqual({ n: 2 }));
      expect(JSON.stringify(host.agent.status())).not.toContain(PASSWORD);
      await host.close();
      await engine.close();
    });

    it.each([
      { without: 'its password', content: { ...all, password: 'another' } },
      { without: 'the authority of the server', content: { ...all, ca: undefined } },
      { without: 'a client certificate', content: { ...all, cert: undefined, key: undefined } },
    ])('does not let in a client without $without', async ({ content }) => {
      const error = await head(content).then(
        () => undefined,
        (reason) => reason,
      );
      expect(error).toMatchObject({ code: 'ERR_UPSTREAM' });
      expect(error.message).not.toContain(PASSWORD);
    });
  });
});
