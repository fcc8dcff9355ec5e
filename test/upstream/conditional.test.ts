/** Writes of other processes with `ifVersion`, where the document comes from a log: a version of the region is a revision of the log. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type PushOptions, push, ring } from '../../src/upstream/push.js';
import { requestWrite } from '../../src/write-requests/client.js';
import { Host, until, withEngine } from './kit.js';
import { httpServer, type TestServer } from './servers.js';

let server: TestServer;
let url: string;
let documents = 0;
const hosts: Host[] = [];

beforeAll(async () => {
  server = await httpServer();
});
afterAll(() => server.close());
beforeEach(() => {
  url = server.url('bucket', `doc${++documents}`);
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

const publish = (document: unknown, options: PushOptions = {}) =>
  withEngine(url, (engine) => push(engine, document, options));
function host(): Host {
  const made = new Host(url, {}, { control: true });
  hosts.push(made);
  return made;
}
const isAt = (made: Host, value: unknown) => until(() => expect([made.value, made.state]).toEqual([value, 'live']));
const set = (made: Host, value: unknown, ifVersion: number) =>
  requestWrite('app', { dir: made.directory }, { verb: 'set', path: '/n', value, ifVersion });

it('are done upstream, at that version only', async () => {
  await publish({ n: 1 });
  const made = host();
  await isAt(made, { n: 1 });
  const { version } = made.master;
  expect(await set(made, 2, version)).toEqual({ version: version + 1 });
  await expect(set(made, 3, version)).rejects.toMatchObject({
    code: 'ERR_CONFLICT',
    version: version + 1,
    expected: version,
  });
  await isAt(made, { n: 2 });
  await made.checkInvariants();
});

it('are done behind entries that are nothing to the document', async () => {
  await publish({ n: 1 });
  const made = host();
  await isAt(made, { n: 1 });
  const { sequence } = await withEngine(url, (engine) => ring(engine, { pin: { host: 'another', revision: 1 } }));
  await until(() => expect(made.agent.status().position?.sequence).toBe(sequence));
  await set(made, 2, made.master.version);
  await isAt(made, { n: 2 });
});

it('lose against another host that was first, and are told when this host has its write', async () => {
  await publish({ n: 0 });
  const [one, other] = [host(), host()];
  await isAt(one, { n: 0 });
  await isAt(other, { n: 0 });
  const increments = async (made: Host): Promise<void> => {
    for (let done = 0; done < 5; ) {
      const { version, n } = { version: made.master.version, n: made.master.get('/n') as number };
      await set(made, n + 1, version).then(
        () => done++,
        (error) => {
          expect(error).toMatchObject({ code: 'ERR_CONFLICT', expected: version });
          expect(made.master.version).toBeGreaterThan(version);
        },
      );
    }
  };
  await Promise.all([increments(one), increments(other)]);
  await isAt(one, { n: 10 });
  await isAt(other, { n: 10 });
});

it('are refused where the document of the region is not the one upstream', async () => {
  await publish({ n: 1 });
  const made = host();
  await isAt(made, { n: 1 });
  made.master.write({ n: 'by hand' });
  await expect(set(made, 2, made.master.version)).rejects.toMatchObject({
    code: 'ERR_UPSTREAM',
    message: expect.stringContaining('no revision'),
  });
});
