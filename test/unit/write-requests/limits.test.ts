/** A master takes no more than it has said: bytes, depth, memory, time and connections, each refused with a code before anything is parsed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { RequestMeter } from '../../../src/write-requests/meter.js';
import { answerOf, ask, cleanLater, codeOf, connect, directory, requestText, serve } from './kit.js';

const set = { verb: 'set', path: '/n', value: 1 };

/** Connects, says so, waits for the first flag, sends a request, sets the second flag, and says the answer. */
const SENDS_WHEN_TOLD = `
  const { parentPort, workerData: { socket, flags, text } } = require('node:worker_threads');
  const connection = require('node:net').connect({ path: socket, allowHalfOpen: true }, () => {
    parentPort.postMessage('');
    Atomics.wait(flags, 0, 0);
    connection.end(text, () => {
      Atomics.store(flags, 1, 1);
      Atomics.notify(flags, 1);
    });
  });
  let answer = '';
  connection.on('data', (chunk) => { answer += chunk; }).on('end', () => parentPort.postMessage(answer));`;

function raise(flags: Int32Array, index: number): void {
  Atomics.store(flags, index, 1);
  Atomics.notify(flags, index);
}

describe('a request', () => {
  it('of as many bytes as there may be is taken, and one of more is not', async () => {
    const text = requestText(set);
    const socket = serve({ requestMaxBytes: text.length });
    expect(await ask(socket, text)).toMatchObject({ version: 1 });
    expect(codeOf(await ask(socket, `${text} `))).toBe('ERR_TOO_LARGE');
  });

  it('that is too long has its answer before its end, and its rest is taken and forgotten', async () => {
    const socket = connect(serve({ requestMaxBytes: 1000 }));
    socket.write('"'.padEnd(2000, 'x'));
    expect(codeOf(await answerOf(socket))).toBe('ERR_TOO_LARGE');
    for (let i = 0; i < 50; i++) await new Promise((done) => socket.write('x'.repeat(100_000), done));
    socket.end();
    await once(socket, 'close');
  });

  it('has the depth that it may have, not counting what is in texts', async () => {
    const socket = serve({ depthMax: 3 });
    const of = (value: string) => requestText(set).replace(':1}', `:${value}}`);
    expect(await ask(socket, of('[[{}]]'))).toMatchObject({ version: 1 });
    expect(await ask(socket, of('["[[[[[[\\"[[[[[\\\\", {"{{{{[[[[": 1}]'))).toMatchObject({ version: 1 });
    expect(codeOf(await ask(socket, of('[[[[]]]]')))).toBe('ERR_TOO_LARGE');
    expect(codeOf(await ask(socket, of('["\\\\", [[[]]]]')))).toBe('ERR_TOO_LARGE');
  });

  it('in bytes one by one is whole, but has to come in its time', async () => {
    const socket = serve({ requestMs: 400 });
    const patient = connect(socket);
    for (const byte of Buffer.from(requestText({ ...set, value: 'é[\u{1f600}' }))) patient.write(Uint8Array.of(byte));
    patient.end();
    expect(await answerOf(patient)).toMatchObject({ version: 1 });
    const slow = connect(socket);
    const drip = setInterval(() => slow.write('['), 20);
    cleanLater(() => clearInterval(drip));
    expect(codeOf(await answerOf(slow))).toBe('ERR_TIMEOUT');
    const silent = connect(socket);
    expect(codeOf(await answerOf(silent))).toBe('ERR_TIMEOUT');
  });

  it('that has come in time is done, though a write before it took longer than any request may', async () => {
    const requestMs = 100;
    const flags = new Int32Array(new SharedArrayBuffer(8));
    let asked = 0;
    const write = () => {
      if (++asked === 2) {
        raise(flags, 0);
        Atomics.wait(flags, 1, 0, 10_000); // until the other thread has sent its request
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * requestMs);
      }
      return asked;
    };
    const socket = serve({ requestMs }, { write });
    const client = new Worker(SENDS_WHEN_TOLD, { eval: true, workerData: { socket, flags, text: requestText(set) } });
    await once(client, 'message');
    expect(await ask(socket, requestText(set))).toMatchObject({ version: 1 }); // so the connection before it is taken
    const answered = once(client, 'message');
    expect(await ask(socket, requestText(set))).toMatchObject({ version: 2 });
    expect(JSON.parse((await answered)[0])).toMatchObject({ version: 3 });
  });

  it('takes turns with others where together they are too large', async () => {
    const socket = serve({ pendingMaxBytes: 3000 });
    const first = connect(socket);
    await new Promise((done) => first.write(' '.repeat(2000), done));
    await expect.poll(async () => codeOf(await ask(socket, ' '.repeat(1000) + requestText(set)))).toBe('ERR_BUSY');
    first.end(requestText(set));
    expect(await answerOf(first)).toMatchObject({ version: 1 });
    expect(await ask(socket, ' '.repeat(1000) + requestText(set))).toMatchObject({ version: 1 });
  });
});

describe('a connection', () => {
  it('more than there may be is told so, and one of them ends by itself', async () => {
    const socket = serve({ connectionsMax: 2 });
    const idle = [connect(socket), connect(socket)];
    await Promise.all(idle.map((one) => once(one, 'connect')));
    await expect.poll(async () => codeOf(await ask(socket, requestText(set)))).toBe('ERR_BUSY');
    // A connection that were closed before all of the request is read would take the answer with it.
    const refused = connect(socket);
    refused.write('{');
    await once(refused, 'readable');
    refused.end(' '.repeat(1_000_000));
    expect(codeOf(await answerOf(refused))).toBe('ERR_BUSY');
    for (const one of idle) one.destroy();
    await expect.poll(async () => (await ask(socket, requestText(set))).version).toBe(1);
  });

  it('that never ends its half, or never reads, is closed in the end', async () => {
    const socket = serve({ requestMs: 50, answerMs: 50 });
    const halfOpen = connect(socket);
    halfOpen.write(requestText(set));
    halfOpen.resume(); // reads the answer, and keeps its half open
    const deaf = connect(socket);
    deaf.end(requestText(set));
    deaf.pause();
    halfOpen.on('error', () => {});
    await new Promise((done) => {
      const write = setInterval(() => halfOpen.write('x'), 20);
      halfOpen.once('close', () => {
        clearInterval(write);
        done(undefined);
      });
    });
    expect(await ask(socket, requestText(set))).toMatchObject({ version: 1 });
  });

  it('that breaks off is no matter', async () => {
    const socket = serve();
    for (const bytes of ['', '{', requestText(set)]) {
      const one = connect(socket);
      one.write(bytes);
      one.destroy();
    }
    expect(await ask(socket, requestText(set))).toMatchObject({ version: 1 });
  });

  it('may wait for a write that never ends, which keeps nobody else', async () => {
    const never = new Promise<number>(() => {});
    let asked = 0;
    const socket = serve({}, { write: () => (asked++ === 0 ? never : 2) });
    const waiting = connect(socket);
    waiting.end(requestText(set));
    await expect.poll(() => asked).toBe(1);
    expect(await ask(socket, requestText(set))).toMatchObject({ version: 2 });
  });
});

describe('the memory of a master', () => {
  it.each([
    ['empty arrays', '[],'],
    ['empty objects', '{},'],
    ['numbers', '0,'],
    ['doubles and texts', '1.5,"",'],
    ['brackets', '['],
  ])('is not filled by a request of %s', async (_, part) => {
    const dir = directory();
    const program = join(import.meta.dirname, '..', '..', 'programs', 'cli-master.mjs');
    const options = JSON.stringify({ dir, control: true, initial: { n: 0 } });
    const master = spawn(process.execPath, ['--max-old-space-size=100', program, 'c', options], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    cleanLater(() => master.kill('SIGKILL'));
    await once(createInterface({ input: master.stdout }), 'line');
    const socket = join(dir, 'c.sock');
    const [head, tail] = requestText(set).split(':1}');
    const body = part.repeat(Math.floor((40 * 1024 * 1024) / part.length));
    expect(codeOf(await ask(socket, `${head}:[${body}0]}${tail}`))).toBe('ERR_TOO_LARGE');
    expect(await ask(socket, requestText(set))).toMatchObject({ version: 2 });
  });
});

it('the meter finds the same whatever the pieces are', () => {
  const text = Buffer.from(JSON.stringify({ a: ['\\', '"[[', { b: [[1, '\u{1f600}{']] }] }));
  const fits = (depthMax: number, size: number): boolean => {
    const meter = new RequestMeter(depthMax);
    try {
      for (let i = 0; i < text.length; i += size) meter.feed(text.subarray(i, i + size));
      return true;
    } catch {
      return false;
    }
  };
  for (let size = 1; size <= text.length; size++) expect([fits(5, size), fits(4, size)]).toEqual([true, false]);
});
