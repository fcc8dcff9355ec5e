/** What `src/upstream/contract.ts` promises, over every engine, with real servers. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineListener, StoredEntry, UpstreamEngine } from '../../src/upstream/contract.js';
import { encodeEntry, newHeader, sha256 } from '../../src/upstream/log/entry.js';
import { openUpstream } from '../../src/upstream/open.js';
import { hasProgram, httpServer, natsServer, redisServer, type TestServer } from '../upstream/servers.js';

const DEADLINE_MS = 20_000;

const lacks = (program: string) => (hasProgram(program) ? '' : ` (skipped: ${program} is not installed)`);

describe.skipIf(!hasProgram('nats-server'))(`nats${lacks('nats-server')}`, () => contract(() => natsServer()));
describe.skipIf(!hasProgram('redis-server'))(`redis${lacks('redis-server')}`, () => contract(() => redisServer()));
describe('http', () => contract(() => httpServer()));

function contract(startServer: () => Promise<TestServer>): void {
  let server: TestServer;
  let engine: UpstreamEngine;
  let documents = 0;
  const engines: UpstreamEngine[] = [];

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    documents++;
    engine = await open();
    await engine.create();
  });
  afterEach(async () => {
    for (const opened of engines.splice(0)) await opened.close();
  });

  async function open(document = `doc${documents}`): Promise<UpstreamEngine> {
    const opened = await openUpstream(server.url('bucket', document));
    engines.push(opened);
    return opened;
  }
  const bytesOf = (text: string): Uint8Array => Buffer.from(text);
  const idOf = (text: string): string => sha256(text);
  const textOf = ({ bytes }: StoredEntry): string => Buffer.from(bytes).toString();
  const append = (text: string, after: number, to = engine) => to.append(bytesOf(text), { after, id: idOf(text) });
  async function appendAll(...texts: string[]): Promise<number[]> {
    const sequences: number[] = [];
    for (const text of texts) sequences.push(await append(text, sequences.at(-1) ?? 0));
    return sequences;
  }

  it('says what entries and blobs may take', () => {
    expect(engine.limits.entryBytes).toBeGreaterThan(100_000);
    expect(engine.limits.blobBytes).toBeGreaterThanOrEqual(engine.limits.entryBytes);
  });

  it('has no head in an empty log', async () => {
    expect(await engine.head()).toBeUndefined();
    expect(await engine.read(1, 10)).toEqual([]);
    expect(await engine.prove(false)).toBe(0);
  });

  it('creates what is missing once, and leaves what is there', async () => {
    await append('one', 0);
    await (await open()).create();
    expect(textOf((await engine.head()) as StoredEntry)).toBe('one');
  });

  it('appends, and reads back what was appended, in order and with growing numbers', async () => {
    const sequences = await appendAll('one', 'two', 'three');
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(sequences[0]).toBeGreaterThanOrEqual(1);
    const read = await engine.read(1, 10);
    expect(read.map(textOf)).toEqual(['one', 'two', 'three']);
    expect(read.map(({ sequence }) => sequence)).toEqual(sequences);
    expect(await engine.head()).toMatchObject({ sequence: sequences[2] });
    expect(await engine.prove(false)).toBe(sequences[2]);
  });

  it('reads the same from the server that orders the writes', async () => {
    const sequences = await appendAll('one', 'two', 'three');
    await append('other', 0, await open(`other${documents}`));
    expect((await engine.read(1, 10, true)).map(textOf)).toEqual(['one', 'two', 'three']);
    expect((await engine.read(sequences[0] + 1, 1, true)).map(textOf)).toEqual(['two']);
    expect(await engine.read(sequences[2] + 1, 10, true)).toEqual([]);
  });

  it('reads from a number, and no more than it is asked for', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `entry ${index}`);
    const sequences = await appendAll(...texts);
    expect((await engine.read(sequences[10], 5)).map(textOf)).toEqual(texts.slice(10, 15));
    expect((await engine.read(sequences[20] + 1, 100)).map(textOf)).toEqual(texts.slice(21));
    expect(await engine.read(sequences[39] + 1, 5)).toEqual([]);
  });

  it('keeps documents of a bucket apart', async () => {
    const other = await open(`other${documents}`);
    const first = await append('one', 0);
    await append('of the other', 0, other);
    await append('two', first);
    expect((await engine.read(1, 10)).map(textOf)).toEqual(['one', 'two']);
    expect((await other.read(1, 10)).map(textOf)).toEqual(['of the other']);
  });

  it('appends only behind the entry that the writer knows', async () => {
    const [first, second] = await appendAll('one', 'two');
    await expect(append('late', first)).rejects.toMatchObject({ code: 'ERR_UPSTREAM_CONFLICT', sequence: second });
    await expect(append('first', 0)).rejects.toMatchObject({ code: 'ERR_UPSTREAM_CONFLICT', sequence: second });
    await expect(append('early', second + 7)).rejects.toMatchObject({ code: 'ERR_UPSTREAM_CONFLICT' });
    expect((await engine.read(1, 10)).map(textOf)).toEqual(['one', 'two']);
  });

  it('lets one of many writers win', async () => {
    const writers = await Promise.all(Array.from({ length: 4 }, () => open()));
    const results = await Promise.allSettled(writers.map((writer, index) => append(`writer ${index}`, 0, writer)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(codes).toEqual(Array(3).fill('ERR_UPSTREAM_CONFLICT'));
    expect(await engine.read(1, 10)).toHaveLength(1);
  });

  it('takes the same entry twice as once', async () => {
    const sequence = await append('one', 0);
    await append('one', 0).catch((error) => expect(error.code).toBe('ERR_UPSTREAM_CONFLICT'));
    expect((await engine.read(1, 10)).map((entry) => entry.sequence)).toEqual([sequence]);
  });

  it('carries any bytes, and an entry as long as it says', async () => {
    const bytes = Buffer.alloc(engine.limits.entryBytes, 0);
    for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 7919) % 256;
    await engine.append(bytes, { after: 0, id: idOf('long') });
    const [entry] = await engine.read(1, 1);
    expect(Buffer.compare(entry.bytes, bytes)).toBe(0);
  });

  it('keeps blobs, and refuses one that is longer than the reader takes', async () => {
    const blob = Buffer.alloc(3_000_000, 'blob ');
    const name = `ops-${'a'.repeat(64)}`;
    expect(await engine.getBlob(name, 10_000_000)).toBeUndefined();
    await engine.putBlob(name, blob);
    await engine.putBlob(name, blob);
    const read = (await engine.getBlob(name, 10_000_000)) as Uint8Array;
    expect(Buffer.compare(read, blob)).toBe(0);
    await expect(engine.getBlob(name, 1000)).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_UPSTREAM/) });
    await engine.deleteBlob(name);
    await engine.deleteBlob(name);
    expect(await engine.getBlob(name, 10_000_000)).toBeUndefined();
  });

  it('keeps the last pointer to a snapshot, and counts it as no entry', async () => {
    expect(await engine.getSnapshot()).toBeUndefined();
    const sequence = await append('one', 0);
    for (const text of ['first', 'second']) await engine.setSnapshot(bytesOf(text));
    expect(Buffer.from((await engine.getSnapshot()) as Uint8Array).toString()).toBe('second');
    expect((await engine.head())?.sequence).toBe(sequence);
    expect(await engine.read(1, 10)).toHaveLength(1);
    await append('two', sequence);
  });

  it('tells listeners of entries, or to look', async () => {
    const heard = new Listener(await open());
    await heard.subscribe();
    const sequences = await appendAll('one', 'two', 'three');
    await until(async () => (await heard.texts()).length === 3);
    expect(await heard.texts()).toEqual(['one', 'two', 'three']);
    for (const { sequence } of heard.entries) expect(sequences).toContain(sequence);
    await heard.close();
  });

  it('tells listeners of a proof', async () => {
    const sequence = await append('one', 0);
    const heard = new Listener(await open());
    await heard.subscribe();
    expect(await engine.prove(true)).toBe(sequence);
    await until(async () => heard.proofs.includes(sequence));
    await heard.close();
  });

  it('tells nothing when it is closed, which it may be twice', async () => {
    const heard = new Listener(await open());
    await heard.subscribe();
    await heard.close();
    await heard.close();
    await append('one', 0);
    await delay(100); // nothing to wait for
    expect(heard.entries).toEqual([]);
    expect(heard.losses).toEqual([]);
    await engine.close();
    await engine.close();
  });

  it('says that its server is gone, and finds it again with what it had', async () => {
    const header = newHeader({ parent: null, kind: 'patch', by: 'test', at: 1, message: '' }, bytesOf('[]'));
    const sequence = await engine.append(encodeEntry(header, bytesOf('[]')), { after: 0, id: header.id });
    const heard = new Listener(await open());
    await heard.subscribe();
    await server.kill();
    try {
      await until(async () => heard.losses.length > 0);
      await expect(openUpstream(server.url('bucket', 'doc')).then((opened) => opened.head())).rejects.toMatchObject({
        code: 'ERR_UPSTREAM',
      });
    } finally {
      await server.start();
    }
    const again = await open();
    await until(async () => (await again.head().catch(() => undefined))?.sequence === sequence);
    await heard.close();
  });
}

/** What an engine tells; what it only hints at is read. */
class Listener implements EngineListener {
  readonly entries: StoredEntry[] = [];
  readonly proofs: number[] = [];
  readonly losses: Error[] = [];
  readonly #engine: UpstreamEngine;
  #close: (() => Promise<void>) | undefined;
  #hasHint = false;

  constructor(engine: UpstreamEngine) {
    this.#engine = engine;
  }

  async subscribe(): Promise<void> {
    const subscription = await this.#engine.subscribe(this);
    this.#close = () => subscription.close();
  }

  entry(stored: StoredEntry): void {
    this.entries.push(stored);
  }

  proof(sequence: number): void {
    this.proofs.push(sequence);
  }

  wake(): void {
    this.#hasHint = true;
  }

  lost(error: Error): void {
    this.losses.push(error);
  }

  async texts(): Promise<string[]> {
    const entries = this.#hasHint ? await this.#engine.read(1, 100) : this.entries;
    return entries.map(({ bytes }) => Buffer.from(bytes).toString());
  }

  async close(): Promise<void> {
    await this.#close?.();
    await this.#engine.close();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it does not come true');
    await delay(10);
  }
}
