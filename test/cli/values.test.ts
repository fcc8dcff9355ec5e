import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { Follower, Master } from '../../src/index.js';
import { dir, inTerminal, jsonmmap } from './command.js';

const config = {
  db: { host: 'localhost', port: 5432, 'tls-mode': null },
  users: [
    { name: 'Ann', age: 41, tags: ['a', 'b'] },
    { name: "O'Bo", age: 30, tags: [] },
  ],
  text: 'two\nlines',
  no: 'no',
};

beforeAll(() => {
  const master = Master.open('app', { dir, initial: config, history: 3 });
  master.set('/version', 2);
  master.close();
});

async function out(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await jsonmmap(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function refused(code: string, ...args: string[]): Promise<{ message: string; cure: string }> {
  const { stdout, stderr } = await jsonmmap([...args, '--json']);
  expect(stdout).toBe('');
  const { error } = JSON.parse(stderr);
  expect(error).toMatchObject({ code, exitCode: 2 });
  return error;
}

function current(name: string): unknown {
  const follower = Follower.open(name, { dir });
  try {
    return follower.current;
  } finally {
    follower.close();
  }
}

describe('get with several pointers', () => {
  it('prints one value after the other', async () => {
    expect(await out('get', 'app', '/db/port', '/users/0/tags', '--compact')).toBe('5432\n["a","b"]\n');
    expect(await out('get', 'app', '/db/host', '/users/1/name', '--raw')).toBe("localhost\nO'Bo\n");
    expect(await out('get', 'app', '/db', '/users/0', '--keys')).toBe('host\nport\ntls-mode\nname\nage\ntags\n');
  });

  it('prints an object from pointers to values for machines, and indented on request', async () => {
    const expected = { '/db/port': 5432, '/users/0': config.users[0], '/db': config.db };
    expect(await out('get', 'app', ...Object.keys(expected), '--json')).toBe(`${JSON.stringify(expected)}\n`);
    expect(await out('get', 'app', ...Object.keys(expected), '--format', 'json')).toBe(
      `${JSON.stringify(expected, null, 2)}\n`,
    );
    const keys = { '/db': Object.keys(config.db), '/users': ['0', '1'] };
    expect(JSON.parse(await out('get', 'app', '/db', '/users', '--keys', '--json'))).toEqual(keys);
  });

  it('prints nothing where one of them does not exist', async () => {
    const { code, stdout, stderr } = await jsonmmap(['get', 'app', '/db/port', '/db/prt']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('did you mean /db/port?');
  });
});

describe('get in a format', () => {
  it('writes YAML that readers of YAML 1.1 and 1.2 take for the same', async () => {
    const text = await out('get', 'app', '--at', '1', '--format', 'yaml');
    expect(parseYaml(text)).toEqual(config);
    expect(parseYaml(text, { version: '1.1' })).toEqual(config);
    expect(parseYaml(await out('get', 'app', '/db/port', '/no', '--format', 'yaml'))).toEqual({
      '/db/port': 5432,
      '/no': 'no',
    });
  });

  it('writes TOML, and refuses what TOML does not have', async () => {
    expect(parseToml(await out('get', 'app', '/users/0', '--format', 'toml'))).toEqual(config.users[0]);
    expect((await refused('ERR_INVALID_ARG', 'get', 'app', '--format', 'toml')).message).toContain('contradict');
  });

  it.each([
    ['null', { a: [1, null] }, '/a/1 is null, which TOML does not have'],
    ['an array', ['x'], 'the value is an array, and TOML needs an object'],
    ['a number', 7, 'the value is a number, and TOML needs an object'],
    ['a broken character', { 'a\ud800': 1 }, 'has half of a surrogate pair, which TOML cannot hold'],
    ['depth', JSON.parse(`${'{"a":'.repeat(1002)}1${'}'.repeat(1002)}`), 'deeper than 1,000 levels'],
  ])('says why %s is no TOML', async (_, value, reason) => {
    await jsonmmap(['publish', 'odd'], { input: JSON.stringify(value) });
    const { code, stdout, stderr } = await jsonmmap(['get', 'odd', '--format', 'toml']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  it('writes numbers beyond 2^53 as floats of TOML, which its integers cannot be', async () => {
    const numbers = { big: 2 ** 53, huge: 1e21, small: 1e-7, negative: -(2 ** 60), max: Number.MAX_VALUE };
    await jsonmmap(['publish', 'numbers'], { input: JSON.stringify(numbers) });
    const text = await out('get', 'numbers', '--format', 'toml');
    expect(text).toContain('big = 9007199254740992.0\n');
    expect(parseToml(text)).toEqual(numbers);
  });

  it('writes variables that a shell reads', async () => {
    const file = join(dir, 'app.env');
    writeFileSync(file, await out('get', 'app', '--format', 'env', '--prefix', 'APP_', '--separator', '__'));
    const script = `set -a; . ${file}; printf '%s|' "$APP_db" "$APP_DB__HOST" "$APP_USERS__1__NAME" "$APP_TEXT" "$APP_DB__TLS_MODE" "$APP_USERS__1__TAGS"`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe("|localhost|O'Bo|two\nlines||[]|");
  });

  it('names variables by the whole path where several values are chosen', async () => {
    expect(await out('get', 'app', '/db', '--format', 'env')).toBe('HOST=localhost\nPORT=5432\nTLS_MODE=\n');
    const several = ['/users/0/name', '/db/port', '/users/0', '/users/0/age'];
    expect(await out('get', 'app', ...several, '--format', 'env')).toBe(
      'USERS_0_NAME=Ann\nUSERS_0_AGE=41\nUSERS_0_TAGS_0=a\nUSERS_0_TAGS_1=b\nDB_PORT=5432\n',
    );
  });

  it('writes them without quotes on request, and refuses what then would be another line', async () => {
    expect(await out('get', 'app', '/users/1', '--format', 'env', '--raw')).toBe("NAME=O'Bo\nAGE=30\nTAGS=[]\n");
    const { code, stderr } = await jsonmmap(['get', 'app', '--format', 'env', '--raw']);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the variable TEXT has a line'),
    });
  });
});

describe('get --query', () => {
  it.each([
    ['$.users[*].name', ['Ann', "O'Bo"], ['/users/0/name', '/users/1/name']],
    ['$..tags[-1:]', ['b'], ['/users/0/tags/1']],
    ["$.db['tls-mode']", [null], ['/db/tls-mode']],
    ['$.users[?@.age > 40 && match(@.name, "A.*")].age', [41], ['/users/0/age']],
    ['$.users[?length(@.tags) == 0].name', ["O'Bo"], ['/users/1/name']],
    ['$', [{ ...config, version: 2 }], ['']],
    ['$.nothing', [], []],
  ])('%s finds values, and their pointers', async (query, values, pointers) => {
    expect(JSON.parse(await out('get', 'app', '--query', query, '--json'))).toEqual(values);
    expect(JSON.parse(await out('get', 'app', '--query', query, '--json', '--paths'))).toEqual(pointers);
    const lines = values.map((value) => `${JSON.stringify(value)}\n`).join('');
    expect(await out('get', 'app', '--query', query, '--compact')).toBe(lines);
  });

  it('prints values indented, strings raw, pointers one a line; of the value at a pointer and of an older version', async () => {
    expect(await out('get', 'app', '--query', '$.users[0]')).toBe(`${JSON.stringify(config.users[0], null, 2)}\n`);
    expect(await out('get', 'app', '/users', '--query', '$[*].name', '--raw')).toBe("Ann\nO'Bo\n");
    expect(await out('get', 'app', '/users', '--query', '$[*].age', '--paths')).toBe('/users/0/age\n/users/1/age\n');
    expect(await out('get', 'app', '--query', '$.version', '--at', '1')).toBe('');
  });

  it.each([
    ['$.users[?@.age >]', 'at character 17, behind $.users[?@.age >'],
    ['.users', "did you mean '$.users'?"],
    ['/users', 'a JSON pointer stands alone'],
    ['$[?shout(@.a)]', "no such function 'shout' at character 4"],
    ['', 'at its beginning'],
    [`$[?${'('.repeat(20_000)}@${')'.repeat(20_000)}]`, 'nested too deeply'],
  ])('says where %s is wrong', async (query, hint) => {
    const { message, cure } = await refused('ERR_QUERY', 'get', 'app', '--query', query);
    expect(`${message}; ${cure}`).toContain(hint);
  });

  it('ends a query that takes too long, too much memory or too many levels', async () => {
    const evil = { text: [`${'a'.repeat(40)}!`], deep: JSON.parse(`${'['.repeat(1500)}1${']'.repeat(1500)}`) };
    await jsonmmap(['publish', 'evil'], { input: JSON.stringify(evil) });
    const slow = ['get', 'evil', '--query', '$.text[?match(@, "(a|a)*b")]', '--query-timeout', '300ms'];
    expect((await refused('ERR_QUERY', ...slow)).message).toBe('the query took longer than 0.3 s');
    const { code, stderr } = await jsonmmap(['get', 'evil', '--query', '$.deep..*', '--paths']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('more than 1000 levels') });
  });

  it('says what is wrong with the region as other verbs do', async () => {
    const { code, stderr } = await jsonmmap(['get', 'ap', '--query', '$']);
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('did you mean app?') });
    const gone = await jsonmmap(['get', 'app', '--query', '$', '--at', '99']);
    expect(gone).toMatchObject({ code: 3, stderr: expect.stringContaining('jsonmmap log app') });
  });
});

describe('tree', () => {
  it('shows keys, sizes and values, a few of each', async () => {
    expect(await out('tree', 'app', '--at', '1', '--depth', '2', '--limit', '2')).toBe(
      [
        'app  4 keys',
        '├── db  3 keys',
        '│   ├── host  "localhost"',
        '│   ├── port  5432',
        '│   └── … 1 more',
        '├── users  2 elements',
        '│   ├── 0  3 keys',
        '│   └── 1  3 keys',
        '└── … 2 more',
        '',
      ].join('\n'),
    );
    expect(await out('tree', 'app', '/text')).toBe('/text  "two\\nlines"\n');
  });

  it('is a tree for machines, too', async () => {
    const { tree, ...rest } = JSON.parse(await out('tree', 'app', '/users/0', '--limit', '2', '--json'));
    expect(rest).toEqual({ name: 'app', version: 2, path: '/users/0' });
    const children = [
      { key: 'name', type: 'string', value: 'Ann' },
      { key: 'age', type: 'number', value: 41 },
    ];
    expect(tree).toEqual({ type: 'object', size: 3, children });
  });

  it('ends its lines at the width of the terminal, and shows control characters', async () => {
    const odd = { 'esc\u001b[31m': '\u001b]0;title\u0007', 表: '漢字'.repeat(100), long: 'x'.repeat(100), '': 1 };
    await jsonmmap(['publish', 'wide'], { input: JSON.stringify(odd) });
    const { stdout } = await inTerminal('jsonmmap tree wide', { NO_COLOR: '1' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[1]).toBe('├── esc\\u001b[31m  "\\u001b]0;title\\u0007"');
    expect(lines[2]).toBe(`├── 表  "${'漢字'.repeat(17)}漢…`); // 8 columns, a quote, 70 for 35 characters, the ellipsis
    expect(lines[3]).toHaveLength(80);
    expect(lines[4]).toBe("└── ''  1");
  });

  it('goes to the depth that was asked for', async () => {
    await jsonmmap(['publish', 'nested'], { input: `${'['.repeat(5000)}1${']'.repeat(5000)}` });
    const lines = (await out('tree', 'nested', '--depth', '4000')).trimEnd().split('\n');
    expect(lines).toHaveLength(4001);
  });
});

describe('sizes', () => {
  it('shows the heaviest parts, with what the region has of live bytes and garbage', async () => {
    const text = await out('sizes', 'app', '--top', '2');
    expect(text).toMatch(/^app {2}version 2: [\d.]+ bytes live, .* garbage, .* spare; 19 values\n/);
    expect(text).toMatch(/\/users\n.*\/db\nand 3 others, /);
    const { bytes } = JSON.parse(await out('stat', 'app', '--json'));
    const measured = JSON.parse(await out('sizes', 'app', '--json'));
    expect(measured.region).toEqual(bytes);
    expect(measured.bytes).toBe(bytes.live);
  });

  it('goes deeper, and measures one part', async () => {
    const { heaviest } = JSON.parse(await out('sizes', 'app', '--depth', '2', '--json', '--top', '3'));
    expect(heaviest.map(({ path }: { path: string }) => path)).toContain('/users/0');
    const part = JSON.parse(await out('sizes', 'app', '/users/0', '--json'));
    expect(part).toMatchObject({ path: '/users/0', values: 6, jsonLength: JSON.stringify(config.users[0]).length });
    expect(part.heaviest.map(({ path }: { path: string }) => path)).toContain('/users/0/tags');
    expect(await out('sizes', 'app', '/db/port')).toBe('app /db/port  version 2: 0 bytes; 1 value\n');
  });
});

describe('export and import', () => {
  it.each(['json', 'yaml', 'toml'])('carry a part over a file of %s, and back', async (format) => {
    const file = join(dir, `users.${format}`);
    const rows = { first: config.users[0], list: [[1.5, 'x'], { y: true }], 'key with "quotes"': '\u0001\u007fü😀' };
    await jsonmmap(['publish', 'from'], { input: JSON.stringify({ rows, other: null }) });
    await jsonmmap(['publish', 'to'], { input: '{"kept":1,"rows":"old"}' });
    expect((await jsonmmap(['export', 'from', file, '--path', '/rows'])).stderr).toContain('version 1 of from');
    expect((await jsonmmap(['import', 'to', file, '--path', '/rows'])).stderr).toBe('');
    expect(current('to')).toEqual({ kept: 1, rows });
  });

  it('write variables to a file that ends in .env', async () => {
    const file = join(dir, 'part.env');
    await jsonmmap(['export', 'app', '--path', '/db', '--output', file, '--raw']);
    expect(readFileSync(file, 'utf8')).toBe('HOST=localhost\nPORT=5432\nTLS_MODE=\n');
    const { code, stderr } = await jsonmmap(['export', 'app', file, '--output', join(dir, 'other.json')]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('leave one out') });
  });

  it('create what is missing on the way, and merge', async () => {
    await jsonmmap(['publish', 'parts'], { input: '{"a":{"b":1,"c":{"d":2}},"list":[{}]}' });
    await jsonmmap(['import', 'parts', '-', '--path', '/x/y', '--format', 'yaml'], { input: 'z: [1]' });
    await jsonmmap(['import', 'parts', '--path', '/a', '--merge'], { input: '{"b":null,"c":{"e":3}}' });
    await jsonmmap(['import', 'parts', '--path', '/__proto__', '--merge'], { input: '{"p":1}' });
    const made = '{"a":{"c":{"d":2,"e":3}},"list":[{}],"x":{"y":{"z":[1]}},"__proto__":{"p":1}}';
    expect(JSON.stringify(current('parts'))).toBe(made);
    const { code, stderr } = await jsonmmap(['import', 'parts', '--path', '/list/0', '--merge'], { input: '{"q":1}' });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('/list is an array') });
    expect(JSON.stringify(current('parts'))).toBe(made);
  });

  it('write nothing where the version has moved on', async () => {
    const late = ['import', 'parts', '--path', '/a', '--if-version', '1'];
    expect(await jsonmmap(late, { input: '1' })).toMatchObject({ code: 11, stdout: '' });
    expect((await jsonmmap([...late, '--merge'], { input: '{}' })).code).toBe(11);
  });

  it('replace the whole document where the pointer is empty', async () => {
    const { code } = await jsonmmap(['import', 'parts', '--path', ''], { input: '[1]' });
    expect([code, current('parts')]).toEqual([0, [1]]);
    expect(await jsonmmap(['import', 'parts'], { input: '1' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--path'),
    });
  });
});
