import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { dir, inTerminal, jsonmmap, main, outcome, start, startInTerminal, until } from './command.js';

const ESCAPE = '\u001b[';

beforeAll(() => {
  Master.open('app', { dir, initial: { flags: { beta: true }, n: 1.5, nothing: null, text: 'a "b"\u009b' } }).close();
  const items = Array.from({ length: 20_000 }, (_, i) => ({ id: i, name: `item ${i}` }));
  Master.open('big', { dir, initial: items }).close();
});

describe('colour', () => {
  it('is used on a terminal only', async () => {
    expect((await jsonmmap(['get', 'app'])).stdout).not.toContain(ESCAPE);
    const { stdout } = await inTerminal('jsonmmap get app');
    expect(stdout).toContain(`${ESCAPE}34m"flags"${ESCAPE}39m: {`);
    expect(stdout).toContain(`${ESCAPE}35mtrue${ESCAPE}39m`);
    expect(stdout).toContain(`${ESCAPE}33m1.5${ESCAPE}39m`);
  });

  it('is refused by NO_COLOR and a dumb terminal, and asked for by FORCE_COLOR', async () => {
    expect((await inTerminal('jsonmmap get app', { NO_COLOR: '1' })).stdout).not.toContain(ESCAPE);
    expect((await inTerminal('jsonmmap get app', { TERM: 'dumb' })).stdout).not.toContain(ESCAPE);
    expect((await jsonmmap(['get', 'app'], { env: { FORCE_COLOR: '1' } })).stdout).toContain(ESCAPE);
    expect((await inTerminal('jsonmmap get app', { FORCE_COLOR: '0' })).stdout).not.toContain(ESCAPE);
  });

  it('is never in what machines read', async () => {
    const { stdout } = await jsonmmap(['get', 'app', '--json'], { env: { FORCE_COLOR: '1' } });
    expect(JSON.parse(stdout)).toMatchObject({ n: 1.5 });
  });

  it('does not hide what would control the terminal', async () => {
    const { stdout } = await inTerminal('jsonmmap get app');
    expect(stdout).not.toContain('\u009b');
    expect(stdout).toContain('\\u009b');
    expect((await inTerminal("jsonmmap get app '/no\u009bthing'")).stdout).toContain('/no\\u009bthing');
    // JSON for machines is still JSON, and a terminal may show it.
    for (const line of [
      'get app --json',
      'get app --compact',
      'log app --json',
      'export app',
      'export app --format yaml',
      "get app '/no\u009bthing' --json",
      'get app /text --raw',
    ]) {
      const { stdout: shown } = await inTerminal(`jsonmmap ${line}`);
      expect(shown, line).not.toContain('\u009b');
    }
    expect((await inTerminal('jsonmmap get app /text --json')).stdout).toBe('"a \\"b\\"\\u009b"\n');
  });
});

describe('a terminal', () => {
  it('has no line longer than it is wide', async () => {
    Master.open('wide', { dir, initial: {}, history: 5 }).close();
    await jsonmmap(['set', 'wide', '/long', JSON.stringify('x'.repeat(500))]);
    const { stdout } = await inTerminal('jsonmmap diff wide', { NO_COLOR: '1' });
    expect(stdout).toMatch(/^ {2}\+ \/long {2}"x+…\n$/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('without input is asked for some', async () => {
    const { code, stdout } = await inTerminal('jsonmmap publish app', { NO_COLOR: '1' });
    expect(code).toBe(2);
    expect(stdout).toContain('there is no input\n          name a file, or pipe the document in');
  });

  it('shows what takes longer than a second, and then the result alone', async () => {
    const { code, stdout } = await inTerminal('jsonmmap bench --json', { NO_COLOR: '1' });
    expect(code).toBe(0);
    const frames = stdout.split('\r\u001b[K');
    expect(frames.some((frame) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] measuring .* \d+\.\d s$/.test(frame))).toBe(true);
    const { machine, results } = JSON.parse(frames.at(-1) as string);
    expect(machine).toMatchObject({ node: process.version });
    expect(results.length).toBeGreaterThan(5);
    for (const { medianNs, p99Ns } of results) expect(p99Ns).toBeGreaterThanOrEqual(medianNs);
  });

  it('says that it watches, and Ctrl-C ends it', async () => {
    const terminal = startInTerminal('jsonmmap watch app', { NO_COLOR: '1' });
    const ended = outcome(terminal);
    await saying(terminal, 'watching app from version 1; Ctrl-C ends it');
    terminal.stdin?.write('\u0003');
    expect((await ended).code).toBe(130);
  });

  it('is told how inspect ends, and what it may do', async () => {
    const terminal = startInTerminal('jsonmmap inspect app --no-open', { NO_COLOR: '1' });
    const ended = outcome(terminal);
    await saying(terminal, 'the page is served until Ctrl-C; --write lets it change documents');
    terminal.stdin?.write('\u0003');
    expect((await ended).code).toBe(130);
  });
});

/** Waits until the terminal shows `expected`. */
async function saying({ stdout }: ChildProcess, expected: string): Promise<void> {
  let shown = '';
  stdout?.on('data', (chunk) => {
    shown += chunk;
  });
  await until(() => shown.includes(expected));
}

describe('a reader that has seen enough', () => {
  it('ends the command quietly', async () => {
    for (const args of [
      ['get', 'big'],
      ['export', 'big', '--format', 'yaml'],
      ['log', 'big'],
    ]) {
      const child = start(args);
      const errors = text(child.stderr as NodeJS.ReadableStream);
      child.stdout?.destroy();
      const [code] = await once(child, 'exit');
      expect({ args, code, stderr: await errors }).toEqual({ args, code: 0, stderr: '' });
    }
  });

  it('gets whole lines in a pipeline', async () => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', `${process.execPath} ${main} get big | head -2`], {
      env: { ...process.env, JSONMMAP_DIR: dir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '[\n  {\n', stderr: '' });
  });
});

describe('an output that cannot be written', () => {
  it.each(['--version', 'get --help', 'completion bash', 'ls', 'get app /n'])(
    'is told, however short: %s',
    async (line) => {
      const child = spawn('bash', ['-c', `${process.execPath} ${main} ${line} > /dev/full`], {
        env: { ...process.env, JSONMMAP_DIR: dir },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      expect({ code, stderr }).toEqual({
        code: 8,
        stderr: expect.stringContaining('could not write to standard output'),
      });
    },
  );

  it('is told', async () => {
    const child = spawn('bash', ['-c', `${process.execPath} ${main} get big > /dev/full`], {
      env: { ...process.env, JSONMMAP_DIR: dir },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(code).toBe(8);
    expect(stderr).toContain('could not write to standard output: the file system is full');
  });
});
