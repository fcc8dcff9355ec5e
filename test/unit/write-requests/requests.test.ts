/** No request, however it is formed, and no code of a user that it reaches, ends or blocks a master: each has an answer with a code. */
import { describe, expect, it } from 'vitest';
import { type JsonMmapError, Master, type RequestEvent } from '../../../src/index.js';
import { ask, by, cleanLater, codeOf, directory, requestText } from './kit.js';

type Schema = NonNullable<Parameters<typeof Master.open>[1]>['schema'];

function master(schema?: Schema): { master: Master; socket: string; told: RequestEvent[] } {
  const dir = directory();
  const opened = Master.open('c', { dir, control: true, initial: { n: 0 } });
  opened.close();
  const again = Master.open('c', { dir, control: true, schema });
  const told: RequestEvent[] = [];
  again.on('request', (event) => told.push(event));
  cleanLater(() => again.close());
  return { master: again, socket: `${dir}/c.sock`, told };
}

const set = { verb: 'set', path: '/n', value: 1 };

describe('a request', () => {
  it('is done, and told with who asked', async () => {
    const { master: ours, socket, told } = master();
    expect(await ask(socket, requestText(set))).toEqual({ protocol: 2, version: 2 });
    expect(ours.current).toEqual({ n: 1 });
    expect(codeOf(await ask(socket, requestText({ verb: 'delete', path: '/x' })))).toBe('ERR_PATH_NOT_FOUND');
    expect(told).toEqual([
      { verb: 'set', path: '/n', by, version: 2 },
      { verb: 'delete', path: '/x', by, error: expect.objectContaining({ code: 'ERR_PATH_NOT_FOUND' }) },
    ]);
  });

  it('with a condition is done at that version only, and told with it', async () => {
    const { master: ours, socket, told } = master();
    const conditional = (ifVersion: number) => requestText({ ...set, ifVersion }, { protocol: 3 });
    expect(await ask(socket, conditional(1))).toEqual({ protocol: 2, version: 2 });
    const { error } = (await ask(socket, conditional(1))) as { error: object };
    expect(error).toMatchObject({ code: 'ERR_CONFLICT', version: 2, expected: 1 });
    expect(codeOf(await ask(socket, conditional(0)))).toBe('ERR_CONFLICT');
    expect(ours.version).toBe(2);
    expect(told.map(({ ifVersion, version }) => [ifVersion, version])).toEqual([
      [1, 2],
      [1, undefined],
      [0, undefined],
    ]);
  });

  const valid = { protocol: 2, region: 'c', by, write: set };
  it.each([
    ['nothing', '', 'ERR_INVALID_ARG'],
    ['no JSON', '{', 'ERR_INVALID_ARG'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0]), 'ERR_INVALID_ARG'],
    ['null', 'null', 'ERR_INVALID_ARG'],
    ['a number', '1', 'ERR_INVALID_ARG'],
    ['a list', '[]', 'ERR_REQUEST'],
    ['one of an older client', JSON.stringify(set), 'ERR_REQUEST'],
    ['one of a later client', JSON.stringify({ ...valid, protocol: 6 }), 'ERR_REQUEST'],
    [
      'a task that nobody knows',
      JSON.stringify({ ...valid, protocol: 5, task: { verb: 'stop', wait: true } }),
      'ERR_INVALID_ARG',
    ],
    [
      'a task that does not say whether it waits',
      JSON.stringify({ ...valid, protocol: 5, task: { verb: 'reload' } }),
      'ERR_INVALID_ARG',
    ],
    [
      'a task for a program without',
      JSON.stringify({ ...valid, protocol: 5, task: { verb: 'reload', wait: true } }),
      'ERR_UNSUPPORTED',
    ],
    ['a write instead of a task', JSON.stringify({ ...valid, protocol: 5 }), 'ERR_INVALID_ARG'],
    ['a question that nobody knows', JSON.stringify({ ...valid, protocol: 4, question: 'why' }), 'ERR_INVALID_ARG'],
    ['a write instead of a question', JSON.stringify({ ...valid, protocol: 4 }), 'ERR_INVALID_ARG'],
    ['a condition of a client of protocol 2', requestText({ ...set, ifVersion: 1 }), 'ERR_INVALID_ARG'],
    ['a condition of another version', requestText({ ...set, ifVersion: 2 }, { protocol: 3 }), 'ERR_CONFLICT'],
    ['a condition that is no version', requestText({ ...set, ifVersion: '1' }, { protocol: 3 }), 'ERR_INVALID_ARG'],
    ['a condition of null', requestText({ ...set, ifVersion: null }, { protocol: 3 }), 'ERR_INVALID_ARG'],
    ['a condition of a negative version', requestText({ ...set, ifVersion: -1 }, { protocol: 3 }), 'ERR_INVALID_ARG'],
    ['one for another region', JSON.stringify({ ...valid, region: 'd' }), 'ERR_INVALID_ARG'],
    ['one of nobody', JSON.stringify({ ...valid, by: undefined }), 'ERR_INVALID_ARG'],
    ['one of null', JSON.stringify({ ...valid, by: null }), 'ERR_INVALID_ARG'],
    ['one of process 0', JSON.stringify({ ...valid, by: { pid: 0, name: 'x' } }), 'ERR_INVALID_ARG'],
    ['one of a long name', JSON.stringify({ ...valid, by: { pid: 1, name: 'x'.repeat(101) } }), 'ERR_INVALID_ARG'],
    ['no write', JSON.stringify({ ...valid, write: undefined }), 'ERR_INVALID_ARG'],
    ['an unknown verb', requestText({ verb: 'constructor' }), 'ERR_INVALID_ARG'],
    ['a set without a path', requestText({ verb: 'set', value: 1 }), 'ERR_INVALID_ARG'],
    ['a set without a value', requestText({ verb: 'set', path: '/n' }), 'ERR_INVALID_ARG'],
    ['a path that is no pointer', requestText({ ...set, path: 'n' }), 'ERR_PATH_INVALID'],
    ['a patch that is none', requestText({ verb: 'patch', value: [null, 1] }), 'ERR_PATCH_INVALID'],
    ['a path of 5,000 tokens', requestText({ ...set, path: '/a'.repeat(5000) }), 'ERR_TOO_LARGE'],
    [
      'a patch to such a path',
      requestText({ verb: 'patch', value: [{ op: 'add', path: '/a'.repeat(5000), value: 1 }] }),
      'ERR_TOO_LARGE',
    ],
    [
      'a value 50,000 deep',
      requestText(set).replace(':1}', `:${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
      'ERR_TOO_LARGE',
    ],
  ])('%s is answered with a code', async (_, bytes, code) => {
    const { master: ours, socket } = master();
    const answer = await ask(socket, bytes);
    expect(answer).toEqual({ protocol: 2, error: expect.objectContaining({ code, message: expect.any(String) }) });
    expect(ours.current).toEqual({ n: 0 });
    expect(await ask(socket, requestText(set))).toEqual({ protocol: 2, version: 2 });
  });

  it('of any bytes is answered: a version, or one of the codes', async () => {
    const { socket } = master();
    const random = lehmer(20261126);
    const patch = [
      { op: 'test', path: '/n', value: 0 },
      { op: 'copy', from: '', path: '/c' },
      { op: 'remove', path: '/c' },
    ];
    const seeds = [set, { verb: 'merge', value: { a: { b: null } } }, { verb: 'patch', value: patch }].map((write) =>
      requestText(write),
    );
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.from(seeds[i % seeds.length]);
      for (let edits = 1 + (random() % 3); edits > 0; edits--) bytes[random() % bytes.length] = random() % 256;
      const answer = await ask(socket, bytes.subarray(0, random() % 10 === 0 ? random() % bytes.length : undefined));
      expect(answer.version ?? codeOf(answer), bytes.toString('latin1')).toEqual(
        expect.toSatisfy((known) => Number.isSafeInteger(known) || /^ERR_[A-Z_]+$/.test(String(known))),
      );
    }
  });
});

describe('a schema', () => {
  const rejected = () => Promise.reject(new Error('later'));
  const nameless = {
    get message() {
      throw new Error('no message');
    },
  };
  const cyclic: Record<string, unknown> = { message: 'cyclic', path: [{ key: 'a' }, 1n] };
  cyclic.self = cyclic;
  it.each<[string, () => unknown, string, string]>([
    [
      'that throws an Error',
      () => {
        throw new Error('out of order');
      },
      'ERR_REQUEST',
      'Error: out of order',
    ],
    [
      'that throws null',
      () => {
        throw null;
      },
      'ERR_REQUEST',
      'null',
    ],
    [
      'that throws a text',
      () => {
        throw 'text';
      },
      'ERR_REQUEST',
      'text',
    ],
    [
      'that throws a symbol',
      () => {
        throw Symbol('s');
      },
      'ERR_REQUEST',
      'Symbol(s)',
    ],
    [
      'that throws what has no text',
      () => {
        throw {
          toString: () => {
            throw new Error('x');
          },
        };
      },
      'ERR_REQUEST',
      'no text',
    ],
    [
      'that throws a code of its own',
      () => {
        throw Object.assign(new Error('mine'), { code: 'ERR_MINE' });
      },
      'ERR_REQUEST',
      'mine',
    ],
    ['that answers with a promise that fails', rejected, 'ERR_INVALID_ARG', 'asynchronously'],
    ['whose issues hold themselves and a BigInt', () => ({ issues: [cyclic] }), 'ERR_SCHEMA', 'cyclic'],
    [
      'whose issues are very many',
      () => ({ issues: Array(100_000).fill({ message: 'm'.repeat(10_000) }) }),
      'ERR_SCHEMA',
      'm',
    ],
    ['that answers with nothing', () => undefined, 'ERR_INVALID_ARG', 'no result'],
  ])('%s is answered for, and the master goes on', async (_, validate, code, text) => {
    const failing = { on: false };
    const schema = {
      '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => (failing.on ? validate() : { value }) },
    } as unknown as Schema;
    const { master: ours, socket, told } = master(schema);
    failing.on = true;
    const answer = await ask(socket, requestText(set));
    expect(codeOf(answer)).toBe(code);
    expect(JSON.stringify(answer)).toContain(text);
    expect(JSON.stringify(answer).length).toBeLessThan(1024 * 1024);
    expect((told[0].error as JsonMmapError).code).toBe(code);
    failing.on = false;
    expect(ours.current).toEqual({ n: 0 });
    expect(await ask(socket, requestText(set))).toEqual({ protocol: 2, version: 2 });
  });

  it('whose issues have getters that throw keeps nobody from an answer', async () => {
    const failing = { on: false };
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => (failing.on ? { issues: [nameless] } : { value }),
      },
    } as unknown as Schema;
    const { socket } = master(schema);
    failing.on = true;
    expect(codeOf(await ask(socket, requestText(set)))).toMatch(/^ERR_(REQUEST|SCHEMA)$/);
  });
});

/** A sequence of pseudorandom 31-bit numbers (Lehmer). */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % (2 ** 31 - 1);
    return state;
  };
}
