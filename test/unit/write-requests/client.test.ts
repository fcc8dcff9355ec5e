/** Who asks believes nothing: neither whose socket it is, nor what comes back, nor that anything comes back. */
import { chownSync, lchownSync, linkSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Master } from '../../../src/index.js';
import { requestWrite } from '../../../src/write-requests/client.js';
import { isRoot, needsRoot } from '../../hostile/squats.js';
import { cleanLater, directory, pretend } from './kit.js';

const set = { verb: 'set', path: '/n', value: 1 } as const;

async function codeFrom(answer: (socket: Socket) => void, timeoutMs = 10_000): Promise<unknown> {
  const dir = directory();
  await pretend(join(dir, 'c.sock'), answer);
  return requestWrite('c', { dir, timeoutMs }, set).then(
    (result) => result,
    ({ code }) => code,
  );
}

/** Answers when the request is there. */
function saying(text: string): (socket: Socket) => void {
  return (socket) => socket.resume().once('end', () => socket.end(text));
}

describe('an answer', () => {
  it('is a version', async () => {
    expect(await codeFrom(saying('{"protocol":2,"version":3}'))).toEqual({ version: 3 });
  });

  it.each([
    ['a version that is a text', { version: '\u001b[31m9' }],
    ['a negative version', { version: -1 }],
    ['half a version', { version: 1.5 }],
    ['a version beyond the integers', { version: 2 ** 53 }],
    ['no version', {}],
    ['a code that is none', { error: { code: 'ERR_FORGED', message: 'm' } }],
    ['a code that no write has', { error: { code: 'ERR_REGION_LOCKED', message: 'm' } }],
    ['no message', { error: { code: 'ERR_BUSY' } }],
    ['a message that is no text', { error: { code: 'ERR_BUSY', message: {} } }],
    ['a message without end', { error: { code: 'ERR_BUSY', message: 'm'.repeat(20_000) } }],
    ['issues that are none', { error: { code: 'ERR_SCHEMA', message: 'm', issues: [1] } }],
    ['an error that is null', { error: null }],
    ['a conflict without a code', { error: { message: 'm', version: 2, expected: 1 } }],
  ])('of %s is not believed', async (_, answer) => {
    expect(await codeFrom(saying(JSON.stringify({ protocol: 2, ...answer })))).toBe('ERR_REQUEST');
  });

  it.each([
    '1',
    'null',
    '[]',
    'no JSON',
    '{"protocol":2',
    '{"version":1}',
    '{"protocol":3,"version":1}',
    '{"error":{"code":"ERR_INVALID_ARG","message":"it names no known verb"}}',
  ])('%s is not one of this protocol', async (text) => {
    expect(await codeFrom(saying(text))).toBe('ERR_REQUEST');
  });

  it('carries the error that the master threw', async () => {
    const error = { code: 'ERR_SCHEMA', message: 'not valid', issues: [{ message: 'm', path: ['a', 0] }] };
    const dir = directory();
    await pretend(join(dir, 'c.sock'), saying(JSON.stringify({ protocol: 2, error })));
    await expect(requestWrite('c', { dir }, set)).rejects.toMatchObject(error);
  });

  it('of a conflict says both versions, if they are versions', async () => {
    const error = { code: 'ERR_CONFLICT', message: 'm', version: 3, expected: 2 };
    const dir = directory();
    const conditional = { ...set, ifVersion: 2 };
    const answered = async (name: string, version: unknown): Promise<unknown> => {
      const text = JSON.stringify({ protocol: 2, error: { ...error, version } });
      await pretend(join(dir, `${name}.sock`), saying(text));
      return requestWrite(name, { dir }, conditional).catch((thrown) => thrown);
    };
    expect(await answered('c', 3)).toMatchObject(error);
    expect(await answered('d', '\u001b[31m3')).not.toHaveProperty('version');
  });

  it.each<[string, (socket: Socket) => void]>([
    ['never comes', () => {}],
    ['never comes though everything is read', (socket) => socket.resume()],
    ['is never begun, and the other side ends', (socket) => socket.end()],
    ['is never begun, and the other side breaks off', (socket) => socket.destroy()],
    ['never ends', (socket) => void setTimeout(() => socket.write('"'.padEnd(2_000_000, 'x')), 10)],
  ])('that %s leaves the write unknown, and says so', async (_, answer) => {
    const dir = directory();
    const master = Master.open('c', { dir, initial: 1 });
    cleanLater(() => master.close());
    await pretend(join(dir, 'c.sock'), answer);
    await expect(requestWrite('c', { dir, timeoutMs: 200 }, set)).rejects.toMatchObject({
      code: 'ERR_UNANSWERED',
      pid: process.pid,
      message: expect.stringMatching(/process \d+.*is not known/),
    });
  });
});

describe('a master that does not know a condition', () => {
  /** Answers as masters of protocol 2 did: they did not look at `ifVersion`. */
  const old = (socket: Socket): void => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.once('end', () => {
      const { protocol } = JSON.parse(text);
      const error = { code: 'ERR_REQUEST', message: `protocol 2 here and protocol ${protocol} there` };
      socket.end(JSON.stringify({ protocol: 2, ...(protocol === 2 ? { version: 7 } : { error }) }));
    });
  };

  it('refuses to write with it, and writes without', async () => {
    const dir = directory();
    await pretend(join(dir, 'c.sock'), old);
    expect(await requestWrite('c', { dir }, set)).toEqual({ version: 7 });
    await expect(requestWrite('c', { dir }, { ...set, ifVersion: 0 })).rejects.toMatchObject({
      code: 'ERR_REQUEST',
      message: expect.stringContaining('protocol 3 there'),
    });
  });
});

describe('a socket', () => {
  it.skipIf(!isRoot)(`of another user is sent nothing${needsRoot}`, async () => {
    const dir = directory();
    const path = join(dir, 'c.sock');
    const { asked } = await pretend(path, saying('{"protocol":2,"version":3}'));
    chownSync(path, 12_346, 12_346);
    await expect(requestWrite('c', { dir }, set)).rejects.toMatchObject({
      code: 'ERR_REGION_DENIED',
      message: expect.stringContaining('12346'),
    });
    expect(asked()).toBe(0);
  });

  it('behind a link is not asked', async () => {
    const dir = directory();
    const { asked } = await pretend(join(dir, 'other'), saying('{"protocol":2,"version":3}'));
    symlinkSync('other', join(dir, 'c.sock'));
    if (isRoot) lchownSync(join(dir, 'c.sock'), 12_346, 12_346);
    await expect(requestWrite('c', { dir }, set)).rejects.toMatchObject({ code: 'ERR_REGION_DENIED' });
    expect(asked()).toBe(0);
  });

  it('has to be one', async () => {
    const dir = directory();
    writeFileSync(join(dir, 'c.sock'), '');
    await expect(requestWrite('c', { dir }, set)).rejects.toMatchObject({ code: 'ERR_REGION_DENIED' });
  });

  it('that is not there, or where nobody listens, is one of no master', async () => {
    const dir = directory();
    expect(await requestWrite('c', { dir }, set)).toBeUndefined();
    expect(await requestWrite('c', { dir: join(dir, 'nowhere') }, set)).toBeUndefined();
    const { server } = await pretend(join(dir, 'd.sock'), () => {});
    linkSync(join(dir, 'd.sock'), join(dir, 'c.sock')); // libuv unlinks the name that it bound
    await new Promise((done) => server.close(done));
    expect(await requestWrite('c', { dir }, set)).toBeUndefined();
  });

  it('that has got the name of another region takes no write for that', async () => {
    const dir = directory();
    const master = Master.open('d', { dir, control: true, initial: { n: 0 } });
    cleanLater(() => master.close());
    renameSync(join(dir, 'd.sock'), join(dir, 'c.sock'));
    await expect(requestWrite('c', { dir }, set)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' });
    expect(master.current).toEqual({ n: 0 });
  });
});

it('a document larger than a request may be is not sent', async () => {
  const dir = directory();
  const master = Master.open('c', { dir, control: true, initial: { n: 0 } });
  cleanLater(() => master.close());
  const value = 'x'.repeat(256 * 1024 * 1024);
  await expect(requestWrite('c', { dir }, { verb: 'write', value })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
});
