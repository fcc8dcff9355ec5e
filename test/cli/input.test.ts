import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Follower } from '../../src/index.js';
import { dir, jsonmmap, outcome, start } from './command.js';

async function file(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

function pipe(name: string): string {
  execFileSync('mkfifo', [join(dir, name)]);
  return join(dir, name);
}

function document(name: string): unknown {
  const follower = Follower.open(name, { dir });
  const { current } = follower;
  follower.close();
  return current;
}

describe('what verbs read', () => {
  it('numbers that JSON cannot hold are refused, and rounded where that is asked for', async () => {
    const path = await file('numbers.json', '{"a": 1,\n "b": 812345678901234567}');
    const refused = await jsonmmap(['publish', 'numbers', path]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`${path}:2:7: the number 812345678901234567 would become 812345678901234600`);
    expect(refused.stderr).toContain('--round-numbers');
    expect((await jsonmmap(['publish', 'numbers', path, '--round-numbers'])).code).toBe(0);
    expect((await jsonmmap(['set', 'numbers', '/b', '9007199254740993'])).code).toBe(2);
    expect((await jsonmmap(['set', 'numbers', '/b', '9007199254740993', '--round-numbers'])).code).toBe(0);
    const merged = await jsonmmap(['merge', 'numbers', '--round-numbers'], { input: '{"c": 9007199254740993}' });
    expect(merged.code).toBe(0);
    expect(document('numbers')).toEqual({ a: 1, b: 9007199254740992, c: 9007199254740992 });
  });

  it('a pipe, and standard input by any of its names', async () => {
    const path = pipe('piped.yaml');
    const published = outcome(start(['publish', 'piped', path]));
    await writeFile(path, 'a: 1');
    expect(await published).toMatchObject({ code: 0, stderr: '' });
    expect((await jsonmmap(['merge', 'piped', '/dev/stdin'], { input: '{"b":2}' })).code).toBe(0);
    expect(document('piped')).toEqual({ a: 1, b: 2 });
  });

  it('tsconfig.json with comments, and a hint for other such files', async () => {
    const text = '{\n  // options\n  "strict": true,\n}';
    expect((await jsonmmap(['publish', 'tsconfig', await file('tsconfig.json', text)])).code).toBe(0);
    expect(document('tsconfig')).toEqual({ strict: true });
    const { code, stderr } = await jsonmmap(['publish', 'other', await file('other.json', text)]);
    expect(code).toBe(2);
    expect(stderr).toContain('use --format jsonc');
  });

  it('nothing of a parser that reaches its limit', async () => {
    const path = await file('long.yaml', '- x\n'.repeat(400_000));
    const { code, stderr } = await jsonmmap(['publish', 'limited', path, '--parse-memory', '16']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/more than 16 MiB of memory.*--parse-memory/);
  });
});

describe('files that are merged', () => {
  it('must each hold an object, also where only one of them is there', async () => {
    await mkdir(join(dir, 'list.d'));
    const list = await file('list.d/list.yaml', '- 1');
    for (const files of [[`${dirname(list)}/`], [list, '?missing.json'], ['?missing.json', list]]) {
      for (const words of [
        ['publish', 'merged', ...files],
        ['validate', ...files],
      ]) {
        const { code, stderr } = await jsonmmap(words);
        expect([words, code, stderr]).toEqual([
          words,
          2,
          expect.stringContaining('list.yaml holds a list: files that are merged must each hold an object'),
        ]);
      }
    }
    expect((await jsonmmap(['validate', `?${list}`])).code).toBe(0); // one file is merged with nothing
  });
});

describe('what run reads', () => {
  it.each([
    ['a pipe', async () => [pipe('watched.json')], 'is a pipe, which cannot be read again'],
    ['a device', async () => ['/dev/null'], 'is a device, not a file'],
    [
      'a cycle in the second file',
      async () => [await file('base.yaml', 'a: 1'), await file('cycle.yaml', 'b: &b {x: *b}')],
      'cycle.yaml:1:11: the anchor b contains itself',
    ],
    [
      'a layer that is no object',
      async () => [await file('base.yaml', 'a: 1'), await file('list.yaml', '- 1')],
      'list.yaml holds a list: files that are merged must each hold an object',
    ],
    ['standard input without a name', async () => ['/dev/stdin'], 'a document from standard input has no name'],
  ])('%s is refused at the start', async (_what, files, message) => {
    const { code, stderr } = await jsonmmap(['run', ...(await files()), '--followers', '0']);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
