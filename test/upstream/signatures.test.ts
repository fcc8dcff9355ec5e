/** Hosts that trust keys and not servers. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LogDocument } from '../../src/upstream/log/document.js';
import { signerIn, trustIn } from '../../src/upstream/log/signature.js';
import { storeSnapshot } from '../../src/upstream/log/snapshot.js';
import { type PushOptions, push, ring } from '../../src/upstream/push.js';
import { requestWrite } from '../../src/write-requests/client.js';
import { Host, until, withEngine } from './kit.js';
import { forgetBefore } from './retention.js';
import { httpServer, type TestServer } from './servers.js';

const directory = mkdtempSync(join(tmpdir(), 'jsonmmap-keys-'));
const keyFiles = (name: string): { secret: string; open: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [secret, open] = [join(directory, `${name}.key`), join(directory, `${name}.pub`)];
  writeFileSync(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(open, publicKey.export({ type: 'spki', format: 'pem' }));
  return { secret, open };
};
const [ours, theirs] = [keyFiles('ours'), keyFiles('theirs')];
const sign = signerIn(ours.secret);
const trust = ours.open;

let server: TestServer;
let url: string;
let documents = 0;
const hosts: Host[] = [];

beforeAll(async () => {
  server = await httpServer();
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  url = server.url('bucket', `doc${++documents}`);
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

const publish = (document: unknown, options: PushOptions = { sign, trust }) =>
  withEngine(url, (engine) => push(engine, document, options));
function host(): Host {
  const made = new Host(url, { trust }, { control: true });
  hosts.push(made);
  return made;
}
const isAt = (made: Host, value: unknown, state: string) =>
  until(() => expect([made.value, made.state]).toEqual([value, state]));

describe('entries', () => {
  it('are applied if a trusted key has signed them, and refused if none or another one has', async () => {
    await publish({ n: 1 });
    const made = host();
    await isAt(made, { n: 1 }, 'live');
    const unsigned = await publish({ n: 2 }, {});
    await isAt(made, { n: 1 }, `refused@${unsigned.sequence}`);
    expect(made.agent.status().refusal?.error.message).toContain('not signed');
    const foreign = await publish({ n: 3 }, { sign: signerIn(theirs.secret) });
    await until(() => expect(made.agent.status().head).toBe(foreign.sequence));
    expect(made.value).toEqual({ n: 1 });
    await publish({ n: 4 });
    await isAt(made, { n: 4 }, 'live');
  });

  it('of a signature that was made for another id are refused', async () => {
    await publish({ n: 1 });
    const made = host();
    await isAt(made, { n: 1 }, 'live');
    const forged = await publish({ n: 2 }, { sign: () => sign('a'.repeat(64)) });
    await isAt(made, { n: 1 }, `refused@${forged.sequence}`);
  });

  it('that nobody has signed say nothing about hosts', async () => {
    const { sequence } = await publish({ n: 1 });
    await publish({ n: 2 });
    const made = host();
    await isAt(made, { n: 2 }, 'live');
    await withEngine(url, (engine) => ring(engine, { pin: { revision: sequence } }, {}));
    await until(() => expect(made.state).toMatch(/^refused/));
    expect(made.value).toEqual({ n: 2 });
  });
});

describe('snapshots', () => {
  const snapshot = (document: unknown, by: typeof sign | undefined) =>
    withEngine(url, async (engine) => {
      const newest = await LogDocument.at(engine);
      await storeSnapshot(engine, { position: newest.position, document, rings: newest.rings }, by);
      newest.close();
      return newest.position.sequence;
    });

  it('that nobody has signed are not loaded: the log is read from its first entry', async () => {
    await publish({ n: 1 });
    await publish({ n: 2 });
    await snapshot({ n: 'forged' }, undefined);
    await isAt(host(), { n: 2 }, 'live');
  });

  it('that nobody has signed are an error where the log does not reach back', async () => {
    for (let n = 0; n < 3; n++) await publish({ n });
    const sequence = await snapshot({ n: 'forged' }, signerIn(theirs.secret));
    await forgetBefore(url, sequence);
    const made = host();
    await until(() => expect(made.agent.status().error?.code).toBe('ERR_UPSTREAM_INVALID'));
    expect(made.value).toBeUndefined();
    await snapshot({ n: 2 }, sign);
    await isAt(made, { n: 2 }, 'live');
  });
});

it('a write of another process is refused, because nobody signs it', async () => {
  await publish({ n: 1 });
  const made = host();
  await isAt(made, { n: 1 }, 'live');
  const request = { verb: 'set', path: '/n', value: 2 } as const;
  await expect(requestWrite('app', { dir: made.directory }, request)).rejects.toMatchObject({
    code: 'ERR_UPSTREAM',
    message: expect.stringContaining('signed'),
  });
  expect(made.value).toEqual({ n: 1 });
});

it('a writer with keys goes on from the newest entry that is signed', async () => {
  await publish({ n: 1, list: Array(50).fill('x') });
  await publish({ n: 2, list: Array(50).fill('x') }, {});
  const { kind } = await publish({ n: 3, list: Array(50).fill('x') });
  expect(kind).toBe('patch');
  await isAt(host(), { n: 3, list: Array(50).fill('x') }, 'live');
});

it('keys that are none are refused by name', () => {
  const file = join(directory, 'none');
  writeFileSync(file, 'no key');
  for (const load of [() => trustIn(file), () => signerIn(file), () => signerIn(join(directory, 'missing'))])
    expect(load).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringContaining(directory) }),
    );
});
