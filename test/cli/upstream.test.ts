/** The verbs that write and read a document upstream, and `run` that follows it: the real command, and a real server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../upstream/kit.js';
import { freePort, hasProgram, redisServer, type TestServer } from '../upstream/servers.js';
import { dir, jsonmmap, type Outcome, start } from './command.js';

const lacks = hasProgram('redis-server') ? '' : ' (skipped: redis-server is not installed)';

describe.skipIf(lacks !== '')(`a document upstream${lacks}`, () => {
  let server: TestServer;
  let url: string;
  let documents = 0;
  const fileOf = (document: unknown): string => {
    const file = join(dir, `document-${documents}.json`);
    writeFileSync(file, JSON.stringify(document));
    return file;
  };
  const push = (document: unknown, ...options: (string | number)[]): Promise<Outcome> =>
    jsonmmap(['push', url, fileOf(document), ...options]);

  beforeAll(async () => {
    server = await redisServer();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    url = server.url('bucket', `doc${++documents}`);
  });

  it('is pushed, and listed with who wrote what and why', async () => {
    const first = await push({ a: 1, b: 'x'.repeat(100) }, '-m', 'the first');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/revision 1 {2}[0-9a-f]{12} {2}write, 114 bytes/);
    expect((await push({ a: 2, b: 'x'.repeat(100) })).stdout).toMatch(/revision 2 .* patch, \d+ bytes/);
    expect((await push({ a: 2, b: 'x'.repeat(100) })).stdout).toMatch(/revision 2 .* unchanged/);
    const { stdout } = await jsonmmap(['history', url]);
    expect(
      stdout
        .split('\n')
        .map((line) => /^ *(\d+) .*(write|patch)/.exec(line)?.[1])
        .filter(Boolean),
    ).toEqual(['2', '1']);
    expect(stdout).toContain('the first');
    const one = await jsonmmap(['history', url, '-n', 1]);
    expect(one.stdout).not.toContain('the first');
    expect(one.stderr).toContain('1 older revision');
  });

  it('is JSON for machines, errors included', async () => {
    const pushed = JSON.parse((await push({ a: 1 }, '--json')).stdout);
    expect(pushed).toMatchObject({ revision: 1, kind: 'write', changed: true, bytes: 7 });
    const [entry] = JSON.parse((await jsonmmap(['history', url, '--json'])).stdout);
    expect(entry).toMatchObject({ revision: 1, id: pushed.id, parent: null, kind: 'write', signed: false });
    await push({ a: 2 });
    const conflict = await push({ a: 3 }, '--if-revision', 1, '--json');
    expect(JSON.parse(conflict.stderr || conflict.stdout).error).toMatchObject({
      code: 'ERR_UPSTREAM_CONFLICT',
      exitCode: 11,
    });
  });

  it('is refused where another writer was first, and written again behind it with --retry', async () => {
    await push({ a: 1, b: 1 });
    await push({ a: 1, b: 2 });
    const late = await push({ a: 2, b: 1 }, '--if-revision', 1);
    expect(late.code).toBe(11);
    expect(late.stderr).toMatch(/revision 2 is the newest.*with --retry/s);
    expect((await push({ a: 1 }, '--if-revision', 0)).code).toBe(11);
    expect((await push({ a: 2, b: 1 }, '--if-revision', 1, '--retry')).stdout).toContain('revision 3');
    const base = await push({ a: 2, b: 3 }, '--if-revision', 1, '--retry');
    expect(base.code).toBe(11);
    expect(base.stderr).toContain('does not fit behind it');
    const host = follow();
    await until(async () => expect((await host.get()).stdout).toBe('{"a":2,"b":2}\n'));
    await host.end();
  });

  it('passes a schema, or is not pushed', async () => {
    const schema = join(dir, 'upstream-schema.json');
    writeFileSync(schema, '{"properties":{"port":{"type":"number"}}}');
    const refused = await push({ port: 'eighty' }, '--schema', schema);
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('/port');
    expect((await push({ port: 80 }, '--schema', schema)).stdout).toContain('revision 1');
  });

  it('says what is wrong with a URL, a server and a revision', async () => {
    expect((await jsonmmap(['push', 'ftp://h/b/d', fileOf({})])).code).toBe(2);
    expect((await jsonmmap(['history', 'redis://h/only'])).code).toBe(2);
    const port = await freePort();
    const gone = await jsonmmap(['history', `redis://127.0.0.1:${port}/bucket/doc`]);
    expect(gone.code).toBe(9);
    expect(gone.stderr).toMatch(/could not reach .*ECONNREFUSED/s);
    await push({ a: 1 });
    expect((await jsonmmap(['rollback', url, '--to', 7])).code).toBe(3);
  });

  it('warns of a password that ps shows', async () => {
    const secret = url.replace('//', '//eve:secret@');
    const { stderr } = await jsonmmap(['history', secret]);
    expect(stderr).toContain('which ps shows');
    expect(stderr).not.toContain('secret');
  });

  it('fills the region of a run, whose stat says where it is; a write of another process is done upstream', async () => {
    await push({ n: 1 });
    const host = follow('--host', 'one');
    await until(async () => expect((await host.get()).stdout).toBe('{"n":1}\n'));
    const set = await jsonmmap(['set', 'app', '/n', 2], { env: host.env });
    expect(set).toMatchObject({ code: 0 });
    expect((await host.get()).stdout).toBe('{"n":2}\n');
    expect((await jsonmmap(['history', url])).stdout).toContain('set /n');
    await until(async () => {
      const { upstream } = JSON.parse((await jsonmmap(['stat', 'app', '--json'], { env: host.env })).stdout);
      expect(upstream).toMatchObject({ state: 'live', position: { sequence: 2 }, head: 2, lagEntries: 0 });
      expect(upstream.proofAgeMs).toBeGreaterThan(0);
    });
    const { stdout } = await jsonmmap(['stat', 'app'], { env: host.env });
    expect(stdout).toMatch(/upstream {3}redis:.*, live at revision 2 \([0-9a-f]{12}\), proved/);
    await host.end();
  });

  it('is held for a pinned host, and for those outside a canary', async () => {
    await push({ n: 1 });
    const [canary, other] = [follow('--host', 'web-2'), follow('--host', 'web-1')];
    await until(async () => expect((await other.get()).stdout).toBe('{"n":1}\n'));
    expect((await push({ n: 2 }, '--canary', '50%')).code).toBe(0);
    await until(async () => expect((await canary.get()).stdout).toBe('{"n":2}\n'));
    expect((await other.get()).stdout).toBe('{"n":1}\n');
    expect((await jsonmmap(['promote', url])).code).toBe(0);
    await until(async () => expect((await other.get()).stdout).toBe('{"n":2}\n'));
    expect((await jsonmmap(['pin', 1, url, '--host', 'web-1'])).code).toBe(0);
    await until(async () => expect((await other.get()).stdout).toBe('{"n":1}\n'));
    expect((await jsonmmap(['pin', 'off', url, '--host', 'web-1'])).code).toBe(0);
    await until(async () => expect((await other.get()).stdout).toBe('{"n":2}\n'));
    expect((await jsonmmap(['rollback', url, '--to', 1])).code).toBe(0);
    await until(async () => expect((await canary.get()).stdout).toBe('{"n":1}\n'));
    await Promise.all([canary.end(), other.end()]);
  });

  it('is one of the layers of a run with files', async () => {
    await push({ b: 2, c: 2 });
    const [defaults, local] = [join(dir, 'defaults.json'), join(dir, 'local.json')];
    writeFileSync(defaults, '{"a":1,"b":1}');
    writeFileSync(local, '{"c":3}');
    const host = run(defaults, url, local);
    await until(async () => expect((await host.get()).stdout).toBe('{"a":1,"b":2,"c":3}\n'));
    await push({ b: 7, c: 7 });
    await until(async () => expect((await host.get()).stdout).toBe('{"a":1,"b":7,"c":3}\n'));
    await host.end();
  });

  it('that cannot be reached ends a run with --require-live, and starts one with --last-good', async () => {
    await push({ n: 1 });
    const good = mkdtempSync(join(dir, 'good-'));
    const host = follow('--last-good', good);
    await until(async () => expect((await host.get()).stdout).toBe('{"n":1}\n'));
    await host.end();
    await server.kill();
    try {
      const strict = await jsonmmap(['run', url, '--name', 'app', '--require-live', '--last-good', good]);
      expect(strict.code).toBe(9);
      const [fresh] = [follow('--last-good', good)];
      await until(async () => expect((await fresh.get()).stdout).toBe('{"n":1}\n'));
      await until(async () => {
        const { stdout } = await jsonmmap(['stat', 'app'], { env: fresh.env });
        expect(stdout).toMatch(/stale at revision 1 .*: could not reach/);
      });
      const set = await jsonmmap(['set', 'app', '/n', 2], { env: fresh.env });
      expect(set.code).toBe(9);
      expect(set.stderr).toContain('could not reach');
      await fresh.end();
    } finally {
      await server.start();
    }
  });

  it('that refuses the document of a schema says so in stat', async () => {
    const schema = join(dir, 'upstream-schema-2.json');
    writeFileSync(schema, '{"properties":{"port":{"type":"number"}}}');
    await push({ port: 80 });
    const host = follow('--schema', schema);
    await until(async () => expect((await host.get()).stdout).toBe('{"port":80}\n'));
    await push({ port: 'eighty' });
    await until(async () => {
      const { stdout } = await jsonmmap(['stat', 'app'], { env: host.env });
      expect(stdout).toMatch(/refused@2 .*\/port/);
    });
    expect((await host.get()).stdout).toBe('{"port":80}\n');
    await host.end();
  });

  /** A host in a directory of its own. */
  function run(...words: string[]) {
    const directory = mkdtempSync(join(dir, 'host-'));
    const env = { JSONMMAP_DIR: directory };
    const child = start(['run', ...words, '--name', 'app', '--followers', 0], env);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    return {
      env,
      get: () => jsonmmap(['get', 'app', '--compact'], { env }),
      end: async (): Promise<void> => {
        child.kill('SIGTERM');
        await ended;
        rmSync(directory, { recursive: true });
      },
    };
  }

  function follow(...options: string[]) {
    return run(url, ...options);
  }
});
