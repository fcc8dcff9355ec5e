/** `jsonmmap exec`, with real programs below it. */
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { runs, stateOf } from '../run/running.js';
import { dir, jsonmmap, main, type Outcome, outcome, start, startInTerminal, until } from './command.js';

let regions = 0;
const newName = (): string => `executed-${++regions}`;

const SHOW = 'console.log(JSON.stringify(process.env))';

/** Runs `exec` with a program that shows its environment, and returns what it shows. */
async function environmentIn(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  const { code, stdout, stderr } = await jsonmmap(['exec', ...words, '--', process.execPath, '-e', SHOW], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

/** A line of the program that runs below an `exec`. */
interface Line {
  readonly pid: number;
  readonly value?: string;
  readonly signal?: string;
  readonly child?: number;
}

/** An `exec` that runs a program which says its pid and the variable VALUE, and then which signals come. */
class Running {
  readonly name = newName();
  readonly master: Master<Record<string, unknown>>;
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  #out = '';
  err = '';

  constructor(
    words: readonly string[],
    program = '',
    initial: Record<string, unknown> = { value: 'one' },
    node = process.execPath,
  ) {
    this.master = Master.open<Record<string, unknown>>(this.name, { dir, initial });
    const source = `
      const say = (what) => console.log(JSON.stringify({ pid: process.pid, ...what }));
      for (const signal of ['SIGHUP', 'SIGUSR2', 'SIGWINCH']) process.on(signal, () => say({ signal }));
      ${program};
      setInterval(() => {}, 1e6);
      say({ value: process.env.VALUE });`;
    this.child = start(['exec', this.name, ...words, '--', node, '-e', source]);
    this.ended = outcome(this.child);
    this.child.stdout?.on('data', (chunk) => {
      this.#out += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.err += chunk;
    });
  }

  get lines(): Line[] {
    return this.#out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** Waits for the program that has this value. */
  async with(value: string | undefined): Promise<Line> {
    return until(() => this.lines.findLast((line) => 'pid' in line && line.value === value && !line.signal));
  }

  async end(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
    this.master.close();
    for (const { pid, child } of this.lines) {
      expect(runs(pid)).toBe(false);
      if (child !== undefined) expect(runs(child)).toBe(false);
    }
  }
}

let running: Running | undefined;
afterEach(async () => {
  await running?.end();
  running = undefined;
});

describe('the environment of the program', () => {
  it('has the scalars of the document, named by their paths, and where the region is', async () => {
    const name = newName();
    const initial = { db: { host: 'h', port: 5432 }, list: ['x', null], on: true, empty: {}, 'a-b': "it's" };
    Master.open(name, { dir, initial }).close();
    expect(await environmentIn([name])).toMatchObject({
      DB_HOST: 'h',
      DB_PORT: '5432',
      LIST_0: 'x',
      LIST_1: '',
      ON: 'true',
      EMPTY: '{}',
      A_B: "it's",
      JSONMMAP_REGION: name,
      JSONMMAP_DIR: dir,
    });
  });

  it('has those of a part, with a prefix and a separator', async () => {
    const name = newName();
    Master.open(name, { dir, initial: { db: { host: { name: 'h' } }, other: 1 } }).close();
    const env = await environmentIn([name, '/db', '--prefix', 'My_', '--separator', '__']);
    expect(env.My_HOST__NAME).toBe('h');
    expect(Object.keys(env).filter((key) => /OTHER/.test(key))).toEqual([]);
  });

  it('says where the region is, whatever the document says', async () => {
    const name = newName();
    Master.open(name, { dir, initial: { jsonmmap: { region: 'other', dir: '/nowhere' } } }).close();
    expect(await environmentIn([name, '--override'])).toMatchObject({ JSONMMAP_REGION: name, JSONMMAP_DIR: dir });
  });

  it('keeps what is there already, unless it is told to override', async () => {
    const name = newName();
    Master.open(name, { dir, initial: { level: 'of the document' } }).close();
    const own = { LEVEL: 'own' };
    expect((await environmentIn([name], own)).LEVEL).toBe('own');
    expect((await environmentIn([name, '--override'], own)).LEVEL).toBe('of the document');
  });

  it.each(['LD_PRELOAD', 'ld-library.path', 'node_options', 'bash_env', 'PYTHONPATH'])(
    'takes no %s from a document',
    async (key) => {
      const name = newName();
      Master.open(name, { dir, initial: { [key]: 'x', harmless: 1 } }).close();
      const refused = await jsonmmap(['exec', name, '--', 'true']);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain(`a value for ${key.toUpperCase().replace(/[-.]/g, '_')}, which decides`);
      expect((await environmentIn([name, '--prefix', 'APP_'])).APP_HARMLESS).toBe('1');
    },
  );

  it('overrides PATH neither by itself nor with --override', async () => {
    const name = newName();
    Master.open(name, { dir, initial: { path: '/nowhere' } }).close();
    expect((await environmentIn([name])).PATH).toBe(process.env.PATH);
    const { code, stderr } = await jsonmmap(['exec', name, '--override', '--', 'true']);
    expect(code).toBe(2);
    expect(stderr).toContain('a value for PATH, which decides');
  });

  it.each([
    ['two paths of one name', { a: { b: 1 }, a_b: 2 }, '/a/b and /a_b would both be the environment variable A_B'],
    ['a NUL', { a: 'x\0y' }, '/a has a NUL character'],
    ['a key that no name can have', { é: 1 }, 'which the name of an environment variable cannot have'],
  ])('is refused for %s', async (_, initial, message) => {
    const name = newName();
    Master.open(name, { dir, initial }).close();
    const { code, stderr } = await jsonmmap(['exec', name, '--', 'true']);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('is refused where the system takes no variable of that length', async () => {
    const name = newName();
    Master.open(name, { dir, initial: { long: 'x'.repeat(3_000_000) } }).close();
    const { code, stderr } = await jsonmmap(['exec', name, '--', 'true']);
    expect(code).toBe(127);
    expect(stderr).toContain('true could not be started: its arguments and environment variables are longer');
  });
});

describe('the end of the program', () => {
  it('is that of exec: its exit code, or 128 and its signal', async () => {
    const name = newName();
    Master.open(name, { dir, initial: {} }).close();
    expect((await jsonmmap(['exec', name, '--', 'sh', '-c', 'exit 7'])).code).toBe(7);
    expect((await jsonmmap(['exec', name, '--', 'sh', '-c', 'kill -KILL $$'])).code).toBe(137);
  });

  it('comes before it begins for want of a program, a region, or a value', async () => {
    const name = newName();
    Master.open(name, { dir, initial: { a: 1 } }).close();
    const failures = await Promise.all(
      [
        ['exec', name, '--', 'no-such-program'],
        ['exec', name, '--', '/etc/passwd'],
        ['exec', name, 'node', 'server.js'],
        ['exec', name, '/a', '/b', '--', 'true'],
        ['exec', name, '--'],
        ['exec', 'no-such-region', '--', 'true'],
        ['exec', name, '/b', '--', 'true'],
        ['exec', name, '--on-change', 'SIGNOT', '--', 'true'],
      ].map((words) => jsonmmap(words)),
    );
    expect(failures.map(({ code }) => code)).toEqual([127, 127, 2, 2, 2, 3, 3, 2]);
    expect(failures[2].stderr).toContain('name it behind --');
    expect(failures[3].stderr).toContain('/b is neither a pointer nor behind --');
  });

  it('is told in JSON where it is an error', async () => {
    const { code, stderr } = await jsonmmap(['exec', 'no-such-region', '--log-format', 'json', '--', 'true']);
    expect(code).toBe(3);
    expect(JSON.parse(stderr)).toMatchObject({ level: 'error', code: 'ERR_REGION_NOT_FOUND', exitCode: 3 });
  });

  it('--wait waits for the region, and a signal ends that', async () => {
    const name = newName();
    const child = start(['exec', name, '--wait', '--', 'sh', '-c', 'echo $VALUE']);
    const ended = outcome(child);
    Master.open(name, { dir, initial: { value: 'there' } }).close();
    expect(await ended).toMatchObject({ code: 0, stdout: 'there\n' });
    const waiting = start(['exec', newName(), '--wait', '--', 'true']);
    const over = outcome(waiting);
    const kill = setInterval(() => waiting.kill('SIGTERM'), 300); // the first may come before it listens
    expect([143, null]).toContain((await over).code);
    clearInterval(kill);
  });
});

describe('the program', () => {
  it('is what is behind the first -- that is no value of an option, with every later one', async () => {
    const name = newName();
    Master.open(name, { dir, initial: {} }).close();
    expect(await jsonmmap(['exec', name, '--', 'echo', 'a', '--', 'b'])).toMatchObject({ stdout: 'a -- b\n' });
    mkdirSync(join(dir, '--'), { mode: 0o700 });
    Master.open(name, { dir: join(dir, '--'), initial: {} }).close();
    const words = ['exec', name, '--dir', '--', '--', 'echo', 'c', '--', 'd'];
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...words], { cwd: dir });
    expect(stdout).toBe('c -- d\n');
  });
});

describe('a signal', () => {
  it('after which the program goes on does not end its restarts', async () => {
    running = new Running(['--grace', '300ms']);
    await running.with('one');
    running.child.kill('SIGHUP');
    await until(() => running?.lines.some(({ signal }) => signal === 'SIGHUP'));
    running.master.set('/value', 'two');
    await running.with('two');
  });

  it('goes to the program, which decides', async () => {
    running = new Running([]);
    const { pid } = await running.with('one');
    for (const signal of ['SIGUSR2', 'SIGWINCH', 'SIGHUP'] as const) {
      running.child.kill(signal);
      await until(() => running?.lines.find((line) => line.signal === signal));
    }
    expect(runs(pid)).toBe(true);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130 });
  });

  it('reaches what the program has started', async () => {
    running = new Running([], `say({ child: require('node:child_process').spawn('sleep', ['1000']).pid })`);
    const { pid } = await running.with('one');
    const child = await until(() => running?.lines.find((line) => line.child)?.child);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 143 });
    expect(runs(pid)).toBe(false);
    await until(() => !runs(child));
  });

  it.skipIf(process.platform !== 'linux')('stops the program and lets it continue with exec', async () => {
    running = new Running([]);
    const { child } = running;
    const { pid } = await running.with('one');
    const job = [child.pid as number, pid];
    child.kill('SIGTSTP');
    await until(() => job.every((member) => stateOf(member) === 'T'));
    child.kill('SIGCONT');
    await until(() => job.every((member) => stateOf(member) !== 'T'));
  });

  it('of the terminal does, too', async () => {
    const name = newName();
    Master.open(name, { dir, initial: { value: 'seen' } }).close();
    const program = `process.on('SIGINT', () => { console.log('interrupted'); process.exit(5); }); console.log(process.env.VALUE); setInterval(() => {}, 1e6)`;
    // In place of the shell, which the signal would end, too.
    const child = startInTerminal(`exec jsonmmap exec ${name} -- ${process.execPath} -e "${program}"`);
    let shown = '';
    child.stdout?.on('data', (chunk) => {
      shown += chunk;
    });
    const ended = outcome(child);
    await until(() => shown.includes('seen'));
    child.stdin?.write('\x03');
    const { code } = await ended;
    expect(shown).toContain('interrupted');
    expect(code).toBe(5);
  });
});

describe('a program in a terminal', () => {
  it('is a job of it: it reads what is typed, stops with Ctrl-Z and goes on', async () => {
    const name = newName();
    const master = Master.open<object>(name, { dir, initial: { value: 'one' } });
    const program = `require('readline').createInterface({ input: process.stdin }).on('line', (line) => console.log('read ' + line)); console.log('has ' + process.env.VALUE)`;
    const child = startInTerminal(
      `set -m; jsonmmap exec ${name} -- ${process.execPath} -e "${program}"; echo stopped; sleep 0.1; fg >/dev/null; echo code $?`,
    );
    let shown = '';
    child.stdout?.on('data', (chunk) => {
      shown += chunk;
    });
    const ended = outcome(child);
    await until(() => shown.includes('has one'));
    child.stdin?.write('typed\r');
    await until(() => shown.includes('read typed'));
    child.stdin?.write('\x1a');
    await until(() => shown.includes('stopped'));
    child.stdin?.write('again\r');
    await until(() => shown.includes('read again'));
    master.set('/value', 'two');
    await until(() => shown.includes('has two'));
    child.stdin?.write('\x03');
    await ended;
    expect(shown).toContain('code 130');
    master.close();
  });
});

describe('a change of the variables', () => {
  it('restarts the program with the new ones', async () => {
    running = new Running([]);
    const first = await running.with('one');
    running.master.set('/value', 'two');
    const second = await running.with('two');
    expect(second.pid).not.toBe(first.pid);
    expect(runs(first.pid)).toBe(false);
    expect(running.err).toContain('the variables have changed: restarting the program');
  });

  it('that the system refuses leaves the program with those that it had, until the next one', async () => {
    running = new Running([]);
    const first = await running.with('one');
    running.master.set('/value', 'x'.repeat(200_000)); // Linux takes 128 KiB
    const again = await until(() => running?.lines.find((line) => line.value === 'one' && line.pid !== first.pid));
    expect(again.pid).not.toBe(first.pid);
    await until(() => running?.err.includes('arguments and environment variables are longer than the system takes'));
    expect(running.err).toContain('the program keeps the variables that it has');
    running.master.set('/value', 'two');
    await running.with('two');
  });

  it('ends what the program has started before the next one starts', async () => {
    const child = `require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6)'])`;
    running = new Running(['--grace', '300ms'], `say({ child: ${child}.pid })`);
    await running.with('one');
    const old = await until(() => running?.lines.find((line) => line.child)?.child);
    running.master.set('/value', 'two');
    await running.with('two');
    expect(runs(old)).toBe(false);
    const next = await until(() => running?.lines.find((line) => line.child && line.child !== old)?.child);
    process.kill(next, 'SIGKILL'); // SIGTERM does not end it, and exec leaves what outlives its program
  });

  it('that comes during a restart counts, and none is lost', async () => {
    const slow = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 300))`;
    running = new Running([], slow);
    await running.with('one');
    for (const value of ['two', 'three', 'four', 'five']) running.master.set('/value', value);
    await running.with('five');
    // How many of them are seen depends on when the program is ready.
    expect(running.lines.filter(({ value }) => value !== undefined).length).toBeLessThanOrEqual(4);
  });

  it('lets the program run where it comes faster than the program starts', async () => {
    running = new Running([], `setTimeout(() => say({ signal: 'settled' }), 300)`);
    await running.with('one');
    let value = 0;
    const timer = setInterval(() => running?.master.set('/value', String(++value)), 10);
    try {
      await until(() => new Set(running?.lines.filter(({ signal }) => signal).map(({ pid }) => pid)).size > 2);
    } finally {
      clearInterval(timer);
    }
    await running.with(String(value));
  });

  it('is none where the values are the same, or are not of the part', async () => {
    running = new Running(['/env'], '', { env: { value: 'one' }, other: 1 });
    const { pid } = await running.with('one');
    running.master.set('/other', 2);
    running.master.set('/env', { value: 'one' });
    running.master.set('/env', { value: 'one', more: [] });
    running.master.set('/env/value', 'two');
    await running.with('two');
    expect(new Set(running.lines.map((line) => line.pid)).size).toBeGreaterThan(1);
    expect(running.lines.filter((line) => line.value === 'one' && line.pid !== pid).length).toBeLessThanOrEqual(1); // for `more`
  });

  it('kills a program that does not end within the grace period', async () => {
    running = new Running(['--grace', '200ms'], `process.on('SIGTERM', () => {})`);
    const first = await running.with('one');
    running.master.set('/value', 'two');
    await running.with('two');
    expect(runs(first.pid)).toBe(false);
    running.child.kill('SIGTERM'); // it decides, and does nothing
    process.kill((await running.with('two')).pid, 'SIGKILL');
    expect(await running.ended).toMatchObject({ code: 137 });
  });

  it('sends a signal instead, where that is asked for', async () => {
    running = new Running(['--on-change', 'hup']);
    const { pid } = await running.with('one');
    running.master.set('/value', 'two');
    await until(() => running?.lines.some((line) => line.signal === 'SIGHUP' && line.pid === pid));
    expect(runs(pid)).toBe(true);
  });

  it('does nothing, where that is asked for', async () => {
    running = new Running(['--on-change', 'ignore']);
    const { pid } = await running.with('one');
    running.master.set('/value', 'two');
    running.master.set('/value', 'x\0'); // told, so the ones before have been seen
    await until(() => running?.err.includes('NUL'));
    expect(runs(pid)).toBe(true);
    expect(running.lines).toHaveLength(1);
  });

  it('that makes no variables is told, and the program keeps what it has', async () => {
    running = new Running([]);
    const { pid } = await running.with('one');
    running.master.set('/LD_PRELOAD', '/tmp/evil.so');
    await until(() => running?.err.includes('the program keeps the variables that it has'));
    expect(running.err).toContain('the document has a value for LD_PRELOAD');
    expect(runs(pid)).toBe(true);
    running.master.delete('/LD_PRELOAD');
    running.master.set('/value', 'two');
    await running.with('two');
  });

  it('for which the program cannot be started again ends exec', async () => {
    const program = join(dir, 'program');
    symlinkSync(process.execPath, program);
    running = new Running([], '', { value: 'one' }, program);
    const { pid } = await running.with('one');
    rmSync(program);
    running.master.set('/value', 'two');
    expect(await running.ended).toMatchObject({ code: 127, stderr: expect.stringContaining('no such program') });
    expect(runs(pid)).toBe(false);
  });

  it('does not start a program again that was told to end meanwhile', async () => {
    running = new Running([], `process.on('SIGTERM', () => setTimeout(() => process.exit(3), 400))`);
    await running.with('one');
    running.master.set('/value', 'two');
    await until(() => running?.err.includes('restarting'));
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 3 });
    expect(running.lines.filter(({ value }) => value !== undefined)).toHaveLength(1);
  });

  it('needs no master that lives: the program runs on', async () => {
    running = new Running([]);
    const { pid } = await running.with('one');
    running.master.close();
    const next = Master.open<Record<string, unknown>>(running.name, { dir });
    next.set('/value', 'two');
    await running.with('two');
    next.close();
    expect(runs(pid)).toBe(false);
  });
});
