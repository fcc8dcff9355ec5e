import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { dir, jsonmmap, outcome, start, until } from './command.js';

let master: Master;
let regions = 0;

function open(initial: unknown): string {
  const name = `watched-${++regions}`;
  master = Master.open(name, { dir, initial, history: 100 });
  return name;
}

afterEach(() => master?.close());

/** Starts `watch` with what stands now as its first output, and returns its lines as they come. */
async function watch(...args: string[]): Promise<{ child: ChildProcess; line(): Promise<string> }> {
  const child = start(['watch', ...args, '--now']);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value as string };
}

describe('watch', () => {
  it('prints what changed, with what stood there before', async () => {
    const { line } = await watch(open({ a: 1, b: [true] }));
    expect(await line()).toMatch(/^\d\d:\d\d:\d\d {2}version 1$/);
    expect(await line()).toBe('  + (document)  {"a":1,"b":[true]}');
    master.set('/a', 'x');
    expect(await line()).toMatch(/^\d\d:\d\d:\d\d {2}version 2$/);
    expect(await line()).toBe('  ~ /a  1 → "x"');
    master.delete('/b');
    await line();
    expect(await line()).toBe('  - /b  [true]');
  });

  it('prints patches with --patch, and more with --json', async () => {
    const name = open({ a: 1 });
    const [patches, objects] = await Promise.all([watch(name, '--patch'), watch(name, '--json')]);
    expect(await patches.line()).toBe('[{"op":"add","path":"","value":{"a":1}}]');
    expect(JSON.parse(await objects.line())).toMatchObject({ version: 1, previousVersion: 0 });
    master.set('/a', 2);
    expect(await patches.line()).toBe('[{"op":"replace","path":"/a","value":2}]');
    expect(JSON.parse(await objects.line())).toEqual({
      version: 2,
      previousVersion: 1,
      committedAt: expect.any(Number),
      patch: [{ op: 'replace', path: '/a', value: 2 }],
    });
  });

  it('of a pointer prints only what changed there, also when it comes and goes', async () => {
    const { line } = await watch(open({ a: { b: 1 }, c: 1 }), '/a/b', '--patch');
    expect(await line()).toBe('[{"op":"add","path":"/a/b","value":1}]');
    master.set('/c', 2);
    master.delete('/a');
    expect(await line()).toBe('[{"op":"remove","path":"/a/b"}]');
    master.set('/a/b', 3);
    expect(await line()).toBe('[{"op":"add","path":"/a/b","value":3}]');
  });

  it('ends after --count changes', async () => {
    const name = open({ n: 0 });
    expect(await jsonmmap(['watch', name, '--now', '--count', '1', '--patch'])).toEqual({
      code: 0,
      stdout: '[{"op":"add","path":"","value":{"n":0}}]\n',
      stderr: '',
    });
  });

  it('begins with the first change where nothing is at the pointer', async () => {
    const name = open({ n: 0 });
    const child = start(['watch', name, '/late', '--now', '--count', '1', '--patch']);
    const result = outcome(child);
    await until(() => readFileSync(`/proc/${child.pid}/maps`, 'utf8').includes(`${name}.ctl`));
    master.set('/late', 1);
    expect(await result).toEqual({ code: 0, stdout: '[{"op":"add","path":"/late","value":1}]\n', stderr: '' });
  });

  it('waits for a region with --wait', async () => {
    const child = start(['watch', 'later', '--wait', '--now', '--count', '1', '--patch']);
    const result = outcome(child);
    await until(() => child.pid);
    master = Master.open('later', { dir, initial: [1] });
    expect(await result).toEqual({ code: 0, stdout: '[{"op":"add","path":"","value":[1]}]\n', stderr: '' });
  });

  it('goes on when the master leaves, and when the region is removed and made again', async () => {
    const name = open({ a: 1 });
    const { child, line } = await watch(name, '--patch');
    const notes: string[] = [];
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (note) => notes.push(note));
    await line();
    master.close();
    await until(() => notes.includes(`${name} has no master: the document stays as it is`));
    await jsonmmap(['rm', name]);
    await until(() => notes.includes(`${name} was removed: waiting for it to come back`));
    master = Master.open(name, { dir, initial: { a: 2 } });
    expect(await line()).toBe('[{"op":"replace","path":"/a","value":2}]');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends cleanly by %s with exit code %i', async (signal, code) => {
    const { child, line } = await watch(open({}));
    await line();
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([code, null]);
  });
});

describe('watch --exec', () => {
  it('runs a command for each change, the value on standard input, its version in the environment', async () => {
    const name = open({ flag: { on: false } });
    const { line } = await watch(
      name,
      '/flag',
      '--exec',
      'echo "$JSONMMAP_REGION $JSONMMAP_PREVIOUS_VERSION to $JSONMMAP_VERSION: $(tr -d "\\n ")"',
    );
    expect(await line()).toBe(`${name} 0 to 1: {"on":false}`);
    master.set('/flag/on', true);
    expect(await line()).toBe(`${name} 1 to 2: {"on":true}`);
    master.delete('/flag');
    expect(await line()).toBe(`${name} 2 to 3: `);
  });

  it('never runs two at once, and leaves out what is old news by then', async () => {
    const log = join(dir, 'exec.log');
    const name = open({ n: 0 });
    // Each run says that it begins, waits for a line of the file, and says that it ends.
    const gate = join(dir, 'exec.gate');
    const command = `echo begin $JSONMMAP_VERSION >> ${log}; while [ ! -e ${gate}$JSONMMAP_VERSION ]; do sleep 0.02; done; echo end $JSONMMAP_VERSION >> ${log}`;
    const child = start(['watch', name, '--now', '--count', '2', '--exec', command]);
    const ended = outcome(child);
    const { existsSync, writeFileSync } = await import('node:fs');
    await until(() => existsSync(log));
    for (let n = 1; n <= 20; n++) master.set('/n', n);
    writeFileSync(`${gate}1`, '');
    writeFileSync(`${gate}21`, '');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(log, 'utf8')).toBe('begin 1\nend 1\nbegin 21\nend 21\n');
  });

  it('goes on after a command that fails, or reads nothing', async () => {
    const name = open({ text: 'x'.repeat(1 << 20) });
    const result = await jsonmmap(['watch', name, '--now', '--count', '1', '--exec', 'exec <&-; exit 7']);
    expect(result).toEqual({ code: 0, stdout: '', stderr: 'version 1: the command ended with exit code 7\n' });
  });

  it('ends the command when it is ended itself', async () => {
    const { child, line } = await watch(open({}), '--exec', 'echo started; exec sleep 600');
    expect(await line()).toBe('started');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([143, null]); // its output is closed too, so nobody holds it any more
  });
});
