/** Hosts that follow a log, over every engine with real servers, through what happens to both. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { UpstreamEngine } from '../../src/upstream/contract.js';
import { appendEntry } from '../../src/upstream/log/append.js';
import { LogDocument } from '../../src/upstream/log/document.js';
import type { EntryKind } from '../../src/upstream/log/entry.js';
import { storeSnapshot } from '../../src/upstream/log/snapshot.js';
import { type Pushed, type PushOptions, push, ring, rollback } from '../../src/upstream/push.js';
import { isFull } from '../effort.js';
import { Host, until, withEngine } from './kit.js';
import { forgetBefore } from './retention.js';
import { hasProgram, httpServer, natsServer, redisServer, type TestServer } from './servers.js';

const lacks = (program: string) => (hasProgram(program) ? '' : ` (skipped: ${program} is not installed)`);

describe.skipIf(!hasProgram('nats-server'))(`nats${lacks('nats-server')}`, () => hosts(() => natsServer()));
/** In the short run one engine is enough: `test/conformance/upstream.test.ts` has the contract over each of them. */
const short = isFull ? '' : ' (skipped: in the full run only)';
describe.skipIf(short !== '' || !hasProgram('redis-server'))(`redis${short || lacks('redis-server')}`, () =>
  hosts(() => redisServer()),
);
describe.skipIf(short !== '')(`http${short}`, () => hosts(() => httpServer()));

function hosts(startServer: () => Promise<TestServer>): void {
  let server: TestServer;
  let documents = 0;
  let url: string;
  const opened: Host[] = [];

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());
  afterEach(async () => {
    for (const host of opened.splice(0)) await host.close();
  });

  function host(...options: ConstructorParameters<typeof Host> extends [string, ...infer Rest] ? Rest : never): Host {
    const made = new Host(url, ...options);
    opened.push(made);
    return made;
  }
  const fresh = (): string => {
    url = server.url('bucket', `doc${++documents}`);
    return url;
  };
  const publish = (document: unknown, options?: PushOptions): Promise<Pushed> =>
    withEngine(url, (engine) => push(engine, document, options));
  /** Where the log is, and what is stored last. */
  const logEnd = async (engine: UpstreamEngine): Promise<Pick<LogDocument, 'position' | 'stored'>> => {
    const newest = await LogDocument.at(engine);
    newest.close();
    return newest;
  };
  /** Appends what no `push` would. */
  const append = (kind: EntryKind, operations: unknown) =>
    withEngine(url, async (engine) => {
      const { position, stored } = await logEnd(engine);
      const entry = { parent: position.sequence === 0 ? null : position.id, kind, by: 'test', at: 1, message: '' };
      return appendEntry(engine, entry, operations, { after: stored });
    });
  const isAt = async (made: Host, value: unknown, state = 'live'): Promise<void> => {
    await until(() => {
      expect(made.value).toEqual(value);
      expect(made.state).toBe(state);
    });
    await made.checkInvariants();
  };

  it('has what is pushed, as patches where they are smaller, and says where it is', async () => {
    fresh();
    const big = { list: Array.from({ length: 200 }, (_, index) => `element ${index}`), beta: false };
    expect((await publish(big)).kind).toBe('write');
    const made = host();
    await isAt(made, big);
    const pushed = await publish({ ...big, beta: true });
    expect(pushed.kind).toBe('patch');
    expect(pushed.bytes).toBeLessThan(100);
    await isAt(made, { ...big, beta: true });
    expect(made.agent.status()).toMatchObject({
      position: { sequence: pushed.sequence, id: pushed.id },
      head: pushed.sequence,
      lagEntries: 0,
      lagMs: 0,
      refusal: undefined,
      error: undefined,
    });
    expect((await publish({ ...big, beta: true })).changed).toBe(false);
  });

  it('waits for a first document', async () => {
    fresh();
    await withEngine(url, async () => {});
    const made = host();
    await publish({ first: 1 });
    await isAt(made, { first: 1 });
  });

  it('goes on where it was after a restart, without a snapshot', async () => {
    fresh();
    for (let n = 0; n < 5; n++) await publish({ n });
    const made = host();
    await isAt(made, { n: 4 });
    await made.stop();
    for (let n = 5; n < 9; n++) await publish({ n });
    const version = made.master.version;
    made.start();
    await isAt(made, { n: 8 });
    expect(made.master.version).toBeGreaterThan(version);
    expect(made.events).toEqual(['reloaded: the region is new']);
  });

  it('catches up with what was missed while the server was away', async () => {
    fresh();
    await publish({ n: 1 });
    const made = host();
    await isAt(made, { n: 1 });
    await server.kill();
    await until(() => expect(made.state).toBe('stale'));
    expect(made.value).toEqual({ n: 1 });
    await server.start();
    await until(async () => void (await publish({ n: 2 })));
    await isAt(made, { n: 2 });
    expect(made.agent.status().lagEntries).toBe(0);
    expect(made.events).toHaveLength(1);
  });

  it('takes a log that was lost and begun anew for another history, and serves what it has until then', async () => {
    fresh();
    for (let n = 0; n < 3; n++) await publish({ n });
    const made = host();
    await isAt(made, { n: 2 });
    await server.kill();
    server.wipe();
    await server.start();
    await until(() => expect(made.state).toBe('stale'));
    expect(made.value).toEqual({ n: 2 });
    // Its numbers grow past those of the region, so that it looks continuous.
    for (let n = 10; n < 17; n++) await until(async () => void (await publish({ n })));
    await isAt(made, { n: 16 });
    expect(made.events.slice(1).join()).toContain('another history');
  });

  it('loads a snapshot where the log does not reach back', async () => {
    fresh();
    await publish({ n: 0 });
    const made = host();
    await isAt(made, { n: 0 });
    await made.stop();
    for (let n = 1; n < 6; n++) await publish({ n });
    await withEngine(url, async (engine) => {
      const { position, value, rings, ...rest } = await LogDocument.at(engine);
      await storeSnapshot(engine, { position, document: value, rings });
      expect(rest.refused).toBeUndefined();
    });
    const { sequence } = await publish({ n: 6 });
    await forgetBefore(url, sequence);
    made.start();
    await isAt(made, { n: 6 });
    expect(made.events.at(-1)).toMatch(/^reloaded: the log begins at/);
  });

  it('carries a document and a patch that are longer than an entry', async () => {
    fresh();
    const long = { text: 'long '.repeat(500_000), n: 1 };
    await publish(long);
    const made = host();
    await isAt(made, long);
    const longer = { text: 'longer '.repeat(400_000), n: 1, more: long.text };
    await publish(longer);
    await isAt(made, longer);
  });

  it('keeps the last good document where a schema refuses one, and does not skip it', async () => {
    fresh();
    const good = await publish({ port: 80, name: 'a' });
    const schema = z.object({ port: z.number(), name: z.string(), other: z.number().optional() });
    const made = host({}, { schema });
    await isAt(made, { port: 80, name: 'a' });
    const bad = await append('patch', [{ op: 'replace', path: '/port', value: 'eighty' }]);
    await until(() => expect(made.state).toBe(`refused@${bad.sequence}`));
    const later = await append('patch', [{ op: 'add', path: '/other', value: 1 }]);
    await until(() => expect(made.agent.status().head).toBe(later.sequence));
    expect(made.value).toEqual({ port: 80, name: 'a' });
    expect(made.state).toBe(`refused@${bad.sequence}`);
    await made.restart();
    await until(() => expect(made.state).toBe(`refused@${bad.sequence}`));
    expect(made.value).toEqual({ port: 80, name: 'a' });
    await withEngine(url, (engine) => rollback(engine, good.sequence));
    await isAt(made, { port: 80, name: 'a' });
    await publish({ port: 81, name: 'a' });
    await isAt(made, { port: 81, name: 'a' });
  });

  it('refuses a patch whose test does not hold', async () => {
    fresh();
    await publish({ a: 1, b: 1 });
    const made = host();
    await isAt(made, { a: 1, b: 1 });
    const bad = await append('patch', [
      { op: 'replace', path: '/b', value: 2 },
      { op: 'test', path: '/a', value: 7 },
    ]);
    await until(() => expect(made.state).toBe(`refused@${bad.sequence}`));
    expect(made.value).toEqual({ a: 1, b: 1 });
    await publish({ a: 3, b: 3 });
    await isAt(made, { a: 3, b: 3 });
  });

  it('refuses what is no entry, or is forged, and goes on behind it', async () => {
    fresh();
    await publish({ n: 1 });
    const made = host();
    await isAt(made, { n: 1 });
    const forged = [
      'no entry at all',
      `{"jsonmmap":1,"id":"${'a'.repeat(64)}","parent":null,"kind":"write","by":"","at":1,"message":"","ops":{"bytes":7,"sha256":"${'b'.repeat(64)}"}}\n{"n":9}`,
    ];
    for (const text of forged) {
      const { stored } = await withEngine(url, logEnd);
      const sequence = await withEngine(url, (engine) =>
        engine.append(Buffer.from(text), { after: stored, id: `${stored}`.repeat(64) }),
      );
      await until(() => expect(made.state).toBe(`refused@${sequence}`));
      expect(made.value).toEqual({ n: 1 });
    }
    // An entry that is well formed, and of no history.
    const { stored } = await withEngine(url, logEnd);
    const orphan = { parent: 'c'.repeat(64), kind: 'write' as const, by: 'nobody', at: 1, message: '' };
    const { sequence } = await withEngine(url, (engine) => appendEntry(engine, orphan, { n: 9 }, { after: stored }));
    await until(() => expect(made.state).toBe(`refused@${sequence}`));
    expect(made.value).toEqual({ n: 1 });
    await publish({ n: 2 });
    await isAt(made, { n: 2 });
  });

  it('passes over what another writer was faster than, whether it is told, missed or found at the start', async () => {
    fresh();
    await publish({ n: 0 });
    const made = host();
    const late = host(undefined);
    await Promise.all([isAt(made, { n: 0 }), isAt(late, { n: 0 })]);
    await late.stop();
    const before = await withEngine(url, logEnd);
    await publish({ n: 1 });
    // Two of them, as a cluster that looks at the condition of an append before it orders the append can store them.
    for (const by of ['slow', 'slower']) {
      const { stored } = await withEngine(url, logEnd);
      const entry = { parent: before.position.id, kind: 'write' as const, by, at: 1, message: '' };
      await withEngine(url, (engine) => appendEntry(engine, entry, { n: -1 }, { after: stored }));
    }
    late.start();
    const fromNothing = host(undefined);
    for (const each of [made, late, fromNothing]) {
      await isAt(each, { n: 1 });
      await until(() => expect(each.agent.status()).toMatchObject({ lagEntries: 0, lagMs: 0, refusal: undefined }));
      expect(each.events.filter((event) => event.startsWith('refused'))).toEqual([]);
    }
    await publish({ n: 2 });
    for (const each of [made, late, fromNothing]) await isAt(each, { n: 2 });
  });

  it('does not depend on clocks, which are set forward and back', async () => {
    fresh();
    await publish({ n: 0 });
    const made = host();
    await isAt(made, { n: 0 });
    const real = Date.now;
    try {
      for (const [step, days] of [400, -400, 0].entries()) {
        vi.spyOn(Date, 'now').mockImplementation(() => real() + days * 86_400_000);
        await publish({ n: step + 1 });
        await isAt(made, { n: step + 1 });
      }
    } finally {
      vi.restoreAllMocks();
    }
    expect(made.agent.status().proofAgeMs).toBeLessThan(60_000);
    expect(made.events).toHaveLength(1);
  });

  it('has the last good document where the region and the upstream are gone', async () => {
    fresh();
    await publish({ n: 1 });
    const lastGood = join(host().directory, 'last-good');
    const made = host({ lastGood });
    await isAt(made, { n: 1 });
    await made.stop();
    await server.kill();
    const other = host({ lastGood });
    expect(other.value).toEqual({ n: 1 });
    await until(() => expect(other.state).toBe('stale'));
    await expect(other.agent.caughtUp({ requireLive: true })).rejects.toMatchObject({ code: 'ERR_UPSTREAM' });
    await server.start();
    await isAt(other, { n: 1 });
    await publish({ n: 2 });
    await isAt(other, { n: 2 });
    expect(other.events).toEqual([]);
    made.start();
  });

  it('lets one of two writers win, and tells the other', async () => {
    fresh();
    const { sequence } = await publish({ a: 1 });
    const made = host();
    const won = await publish({ a: 2 });
    const late = publish({ a: 3 }, { ifRevision: sequence });
    await expect(late).rejects.toMatchObject({ code: 'ERR_UPSTREAM_CONFLICT', sequence: won.sequence });
    const writers = Array.from({ length: 4 }, (_, n) => publish({ a: 2, n }, { ifRevision: won.sequence }));
    const results = await Promise.allSettled(writers);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await isAt(made, { a: 2, n: results.findIndex(({ status }) => status === 'fulfilled') });
  });

  it('writes again behind another writer, where what it changes is as it was', async () => {
    fresh();
    const list = Array.from({ length: 50 }, (_, index) => `element ${index}`);
    await publish({ a: 1, b: 1, list });
    const made = host();
    /** Pushes, and lets another writer be first. */
    const pushSecond = (first: unknown, second: unknown, options: PushOptions) =>
      withEngine(url, async (engine) => {
        let isFirst = true;
        const append = engine.append.bind(engine);
        engine.append = async (...words) => {
          if (isFirst) await publish(first);
          isFirst = false;
          return append(...words);
        };
        return push(engine, second, options);
      });
    const conflict = { code: 'ERR_UPSTREAM_CONFLICT' };
    await expect(pushSecond({ a: 2, b: 1, list }, { a: 1, b: 2, list }, {})).rejects.toMatchObject(conflict);
    await pushSecond({ a: 3, b: 1, list }, { a: 2, b: 3, list }, { retries: 1 });
    await isAt(made, { a: 3, b: 3, list });
    const same = pushSecond({ a: 4, b: 3, list }, { a: 5, b: 3, list }, { retries: 1 });
    await expect(same).rejects.toMatchObject(conflict);
    await isAt(made, { a: 4, b: 3, list });
    const shifted = pushSecond(
      { a: 4, b: 3, list: ['new', ...list] },
      { a: 4, b: 3, list: list.slice(1) },
      { retries: 1 },
    );
    await expect(shifted).rejects.toMatchObject(conflict);
  });

  it('keeps a canary to a share of the hosts, until it is promoted', async () => {
    fresh();
    const { sequence } = await publish({ n: 1 });
    const [canary, other] = [host({ host: CANARY }), host({ host: OTHER })];
    await Promise.all([isAt(canary, { n: 1 }), isAt(other, { n: 1 })]);
    const begun = await withEngine(url, (engine) => ring(engine, { canary: { share: SHARE } }));
    await publish({ n: 2 });
    await isAt(canary, { n: 2 });
    await until(() => expect(other.state).toBe(`held@${begun.sequence}`));
    await other.restart();
    await until(() => expect(other.state).toBe(`held@${begun.sequence}`));
    expect(other.value).toEqual({ n: 1 });
    await withEngine(url, (engine) => ring(engine, { promote: true }));
    await isAt(other, { n: 2 });
    await withEngine(url, (engine) => ring(engine, { canary: { share: SHARE } }));
    await publish({ n: 'bad' });
    await isAt(canary, { n: 'bad' });
    const seen: unknown[] = [];
    other.master.on('publish', () => seen.push((other.value as { n: unknown }).n));
    await withEngine(url, (engine) => rollback(engine, sequence));
    await isAt(canary, { n: 1 });
    await isAt(other, { n: 1 });
    expect(seen).not.toContain('bad');
  });

  it('pins a host, or all, to a revision', async () => {
    fresh();
    const { sequence } = await publish({ n: 1 });
    const [pinned, free] = [host({ host: 'one' }), host({ host: 'two' })];
    await publish({ n: 2 });
    await Promise.all([isAt(pinned, { n: 2 }), isAt(free, { n: 2 })]);
    await withEngine(url, (engine) => ring(engine, { pin: { revision: sequence, host: 'one' } }));
    await isAt(pinned, { n: 1 }, `held@${sequence}`);
    await publish({ n: 3 });
    await isAt(free, { n: 3 });
    await pinned.restart();
    await isAt(pinned, { n: 1 }, `held@${sequence}`);
    await withEngine(url, (engine) => ring(engine, { unpin: { host: 'one' } }));
    await isAt(pinned, { n: 3 });
  });

  it('takes back what was written to its region by hand, as soon as anything is told', async () => {
    fresh();
    await publish({ n: 1 });
    const made = host();
    await isAt(made, { n: 1 });
    made.master.set('/n', 'by hand');
    expect(made.agent.status().position).toBeUndefined();
    await publish({ n: 2, m: 1 });
    await isAt(made, { n: 2, m: 1 });
  });
}

/** `shareOf` says 0.53 of the one, and 0.76 of the other. */
const [CANARY, OTHER, SHARE] = ['host-b', 'host-a', 0.6];
