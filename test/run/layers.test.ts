/** The layers of `jsonmmap run`: files that come and go, directories, variables, and where each value comes from. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Follower, Master } from '../../src/index.js';
import { CLI, until, Workplace } from './running.js';

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.save('base');
});
afterEach(() => place.close());

const at = (name: string): string => join(place.directory, name);
const save = (name: string, value: unknown): void => writeFileSync(at(name), JSON.stringify(value));

/** Starts a run of the base file and these, and waits until it has published. */
async function published(words: string[], env: NodeJS.ProcessEnv = {}) {
  const { output, child, ended } = place.run([...words, '--name', 'app', '--followers', '0'], { command: [], env });
  await until(
    () => `it is published: ${output.err}`,
    () => output.err.includes('version 1 published'),
  );
  const follower = Follower.open('app', { dir: place.regions });
  const becomes = (document: object): Promise<void> =>
    until(
      () => `${JSON.stringify(follower.current)} becomes ${JSON.stringify(document)}`,
      () => JSON.stringify(follower.current) === JSON.stringify(document),
    );
  return { output, child, ended, follower, becomes };
}

const get = (...words: string[]) => place.verb('get', 'app', ...words);

describe('an optional file', () => {
  it('counts from when it appears until it is removed', async () => {
    const { follower, becomes } = await published([`?${at('local.json')}`]);
    await becomes({ value: 'base' });
    save('local.json', { value: 'local' });
    await becomes({ value: 'local' });
    rmSync(at('local.json'));
    await becomes({ value: 'base' });
    mkdirSync(at('later'));
    follower.close();
  });

  it('may be in a directory that comes later', async () => {
    const { follower, becomes } = await published([`?${at('later/local.json')}`]);
    mkdirSync(at('later'));
    save('later/local.json', { value: 'local' });
    await becomes({ value: 'local' });
    rmSync(at('later'), { recursive: true });
    await becomes({ value: 'base' });
    follower.close();
  });

  it('that cannot be read leaves the last good document', async () => {
    const { output, follower, becomes } = await published([`?${at('local.json')}`]);
    writeFileSync(at('local.json'), '{"value":');
    await until('it is told', () => output.err.includes('local.json:1:10'));
    expect(follower.current).toEqual({ value: 'base' });
    save('local.json', { value: 'local' });
    await becomes({ value: 'local' });
    follower.close();
  });
});

describe('a directory', () => {
  it('counts with files that appear, change, are renamed over and vanish', async () => {
    mkdirSync(at('conf.d'));
    const { follower, becomes } = await published([at('conf.d/')]);
    await becomes({ value: 'base' });
    save('conf.d/20.json', { value: 20 });
    await becomes({ value: 20 });
    save('conf.d/10.json', { value: 10, ten: 1 });
    await becomes({ value: 20, ten: 1 });
    save('conf.d/.new', { value: 21 });
    renameSync(at('conf.d/.new'), at('conf.d/20.json'));
    await becomes({ value: 21, ten: 1 });
    renameSync(at('conf.d/10.json'), at('conf.d/30.json'));
    await becomes({ value: 10, ten: 1 });
    rmSync(at('conf.d/30.json'));
    rmSync(at('conf.d/20.json'));
    await becomes({ value: 'base' });
    follower.close();
  });

  it('may be replaced, and mounted as Kubernetes mounts a ConfigMap', async () => {
    const swap = (name: string, value: unknown): void => {
      mkdirSync(at(`conf.d/..${name}`), { recursive: true });
      save(`conf.d/..${name}/a.json`, { value });
      symlinkSync(`..${name}`, at('conf.d/..data_tmp'));
      renameSync(at('conf.d/..data_tmp'), at('conf.d/..data'));
    };
    swap('first', 1);
    symlinkSync('..data/a.json', at('conf.d/a.json'));
    const { follower, becomes } = await published([at('conf.d/')]);
    await becomes({ value: 1 });
    swap('second', 2);
    await becomes({ value: 2 });
    mkdirSync(at('other'));
    save('other/b.json', { value: 3 });
    renameSync(at('conf.d'), at('old'));
    renameSync(at('other'), at('conf.d'));
    await becomes({ value: 3 });
    follower.close();
  });

  it('that may be missing counts when it is there', async () => {
    const { follower, becomes } = await published([`?${at('conf.d/')}`]);
    mkdirSync(at('new'));
    save('new/a.json', { value: 'new' });
    renameSync(at('new'), at('conf.d'));
    await becomes({ value: 'new' });
    rmSync(at('conf.d'), { recursive: true });
    await becomes({ value: 'base' });
    follower.close();
  });

  it('that vanishes and may not is an error, and the last good document stays', async () => {
    mkdirSync(at('conf.d'));
    save('conf.d/a.json', { value: 1 });
    const { output, follower, becomes } = await published([at('conf.d/')]);
    renameSync(at('conf.d'), at('gone'));
    await until('it is told', () => output.err.includes('there is no directory'));
    expect(follower.current).toEqual({ value: 1 });
    renameSync(at('gone'), at('conf.d'));
    save('conf.d/a.json', { value: 2 });
    await becomes({ value: 2 });
    follower.close();
  });
});

describe('--env', () => {
  it('replaces variables in files, and nothing without it', async () => {
    place.save('${TEST_HOST:-none} $${x}');
    const { follower, becomes } = await published(['--env'], { TEST_HOST: 'h' });
    await becomes({ value: 'h ${x}' });
    follower.close();
    const plain = place.run(['--name', 'plain', '--followers', '0'], { command: [] });
    await until('it is published', () => plain.output.err.includes('version 1 published'));
    const other = Follower.open('plain', { dir: place.regions });
    expect(other.current).toEqual({ value: '${TEST_HOST:-none} $${x}' });
    other.close();
  });

  it('refuses a file with one that is not set: at the start, and later', async () => {
    place.save('${TEST_NOT_SET}');
    const { output, ended } = place.run(['--env', '--followers', '0'], { command: [] });
    expect(await ended).toBe(2);
    expect(output.err).toContain('app.json: /value needs the environment variable TEST_NOT_SET, which is not set');
    place.save('good');
    const { output: later, follower } = await published(['--env']);
    place.save('${TEST_NOT_SET}');
    await until('it is told', () => later.err.includes('/value needs the environment variable'));
    expect(follower.current).toEqual({ value: 'good' });
    follower.close();
  });
});

describe('get --origin', () => {
  it('names the file of each value', async () => {
    mkdirSync(at('conf.d'));
    save('conf.d/a.json', { list: [1, 2], o: { x: 1, y: 1 } });
    const { follower } = await published([at('conf.d/'), `?${at('local.json')}`, `?${at('missing.json')}`]);
    save('local.json', { o: { y: 2 } });
    await until('it counts', () => follower.get('/o/y') === 2);
    follower.close();
    const whole = await get('--origin', '--json');
    expect(JSON.parse(whole.out)).toEqual([
      { path: '/value', value: 'base', origin: place.file },
      { path: '/list', value: [1, 2], origin: at('conf.d/a.json') },
      { path: '/o/x', value: 1, origin: at('conf.d/a.json') },
      { path: '/o/y', value: 2, origin: at('local.json') },
    ]);
    const table = await get('/o', '--origin');
    expect(table.out.split('\n').map((line) => line.split(/ +/))).toEqual([
      ['PATH', 'VALUE', 'ORIGIN'],
      ['/o/x', '1', at('conf.d/a.json')],
      ['/o/y', '2', at('local.json')],
      [''],
    ]);
  });

  it('says what was written since', async () => {
    const { follower } = await published([]);
    follower.close();
    expect(await place.verb('set', 'app', '/value', '"other"')).toMatchObject({ code: 0 });
    expect(await place.verb('set', 'app', '/more', '1')).toMatchObject({ code: 0 });
    expect((await get('--origin')).out).toMatch(/^\/value +"other" +written since\n\/more +1 +written since$/m);
  });

  it('fails for a path that is not there, for files that cannot be read, and without a run', async () => {
    const { follower, child, ended } = await published([]);
    expect(await get('/nope', '--origin')).toMatchObject({
      code: 3,
      err: expect.stringContaining('/nope does not exist'),
    });
    writeFileSync(place.file, '{');
    expect(await get('--origin')).toMatchObject({ code: 2, err: expect.stringContaining('app.json:1:2') });
    follower.close();
    child.kill('SIGTERM');
    await ended;
    expect(await get('--origin')).toMatchObject({ code: 3, err: expect.stringContaining('no jsonmmap run keeps it') });
    const master = Master.open('app', { dir: place.regions, control: true });
    expect(await get('--origin')).toMatchObject({ code: 3, err: expect.stringContaining('is not jsonmmap run') });
    master.close();
  });

  it('is about one value or object of the newest version, and nothing else', async () => {
    for (const words of [['--keys'], ['--raw'], ['--format', 'yaml'], ['--query', '$'], ['--at', '1'], ['/a', '/b']]) {
      expect((await get(...words, '--origin')).code, words.join(' ')).toBe(2);
    }
  });
});

describe('the region', () => {
  it('is named by the first file, without its mark', async () => {
    mkdirSync(at('site.d'));
    const run = async (...words: string[]): Promise<string> => {
      const child = spawn(process.execPath, [CLI, 'run', ...words], {
        env: { ...process.env, JSONMMAP_DIR: place.regions, NO_COLOR: '1' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let err = '';
      child.stderr.on('data', (chunk) => {
        err += chunk;
      });
      await until(
        () => `it is published: ${err}`,
        () => err.includes('published'),
      );
      child.kill('SIGTERM');
      await once(child, 'exit');
      return err;
    };
    expect(await run(`?${at('shop.json')}`, place.file)).toContain('shop version 1 published');
    expect(await run(at('site.d/'), place.file)).toContain('site version 1 published');
  });
});

describe('a program that pretends to be a run', () => {
  it.each([
    ['a value that is not there', { version: 1, origins: [{ path: '/none', origin: 'x' }] }],
    ['a version that cannot be', { version: 0, origins: [] }],
    ['nothing', {}],
  ])('and answers with %s is told as an error', async (_, answer) => {
    const master = Master.open('app', { dir: place.regions, initial: { a: 1 }, control: true });
    master.takeTasks(() => Promise.resolve(answer));
    try {
      const { code, err } = await get('--origin');
      expect(err).toContain('does not say where the values of its document come from');
      expect(code).toBe(1);
    } finally {
      master.close();
    }
  });
});
