import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Io } from '../../src/cli/io.js';
import { createProgram } from '../../src/cli/program.js';
import { Follower, Master } from '../../src/index.js';
import { isFull } from '../effort.js';
import { dir, jsonmmap, main, othersMayRun } from './command.js';

const { commands } = await createProgram(new Io());
const optionsOf = (verb: string): (string | null | undefined)[] =>
  commands.find((command) => command.name() === verb)?.options.map(({ long }) => long) ?? [];

/** What a message names exists where it is shown, and is of the shell: no option of the library, no option that the verb lacks. */
async function expectUsable([verb]: readonly string[], stderr: string): Promise<void> {
  expect(stderr).not.toMatch(
    /internal error|the option [a-z]+|Follower\.|Master\.(?!open)|\b(maxBytes|timeoutMs|force:|owner:)/,
  );
  // A hint that is a command line is about the verb that it names.
  const [hints, rest] = [
    [...stderr.matchAll(/jsonmmap ([a-z]+)\b([^;\n]*)/g)],
    stderr.replace(/jsonmmap [a-z]+\b[^;\n]*/g, ''),
  ];
  for (const [, named, words] of hints) {
    if (named === 'help') continue;
    expect(
      commands.map((command) => command.name()),
      stderr,
    ).toContain(named);
    for (const [option] of words.matchAll(/--[a-z][a-z-]*/g)) expect(['--help', ...optionsOf(named)]).toContain(option);
  }
  const refused = /there is no option (--[a-z-]+)/.exec(rest)?.[1];
  for (const [option] of rest.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)) {
    if (option !== refused) expect([...optionsOf(verb), '--help', '--version'], `${verb}: ${stderr}`).toContain(option);
  }
}

/** A directory of the test's own that is in memory. */
const memory = mkdtempSync('/dev/shm/jsonmmap-usage-');
afterAll(() => rmSync(memory, { recursive: true }));

const isRoot = process.getuid?.() === 0;
const file = (name: string): string => join(dir, name);

beforeAll(() => {
  Master.open('app', { dir, initial: { flags: { beta: true }, list: [1, 2], text: 'x' } }).close();
  writeFileSync(file('empty.json'), '');
  writeFileSync(file('good.json'), '{"n":1}');
  writeFileSync(file('large.json'), JSON.stringify('x'.repeat(150_000)));
  writeFileSync(file('schema.json'), '{"properties":{"n":{"type":"string"}}}');
  writeFileSync(file('broken.json'), '{\n  "a": 1,\n  "b" 2\n}');
  writeFileSync(file('latin1.json'), Buffer.from('{"a": "\xe9"}', 'latin1'));
  writeFileSync(file('twice.json'), '{"a": 1, "a": 2}');
  writeFileSync(file('bomb.yaml'), bomb());
  writeFileSync(file('huge.json'), '');
  truncateSync(file('huge.json'), 2 * 1024 ** 3);
  writeFileSync(file('secret.json'), '{}');
  chmodSync(file('secret.json'), 0);
  mkdirSync(file('directory.json'));
});

/** Ten levels of aliases, ten each: ten thousand million strings if they were unfolded. */
function bomb(): string {
  const levels = Array.from(
    { length: 10 },
    (_, i) =>
      `l${i}: &l${i} [${Array(10)
        .fill(i === 0 ? 'x' : `*l${i - 1}`)
        .join(', ')}]`,
  );
  return levels.join('\n');
}

/** Each: arguments, exit code, what the message says, what the line below says to do. */
const cases: [args: string[], code: number, message: string, cure?: string][] = [
  [['gt', 'app'], 2, 'there is no verb gt', 'did you mean jsonmmap get?'],
  [['help', 'foo'], 2, 'there is no verb foo', 'see jsonmmap --help'],
  [['version'], 2, 'there is no verb version', 'did you mean jsonmmap --version?'],
  [['-v'], 2, 'there is no option -v here', 'did you mean jsonmmap --version?'],
  [['help', 'gt'], 2, 'there is no verb gt', 'did you mean jsonmmap help get?'],
  [['publish', 'app', '--max-bytes', '1k'], 2, '--max-bytes must be at least 192 KiB'],
  [['publish', 'app', '--max-bytes', '64XB'], 2, '--max-bytes must be a size such as 64MB'],
  [['run', 'x.json', '--followers', '100000', '--', 'true'], 2, '--followers must be at most 1000'],
  [['set', 'app', '/a', '1', '--wait', '5x'], 2, '--wait must be a time such as 500ms'],
  [['frobnicate'], 2, 'there is no verb frobnicate', 'see jsonmmap --help'],
  [['get', 'app', '--jsn'], 2, 'there is no option --jsn here', 'did you mean --json?'],
  [['--frob'], 2, 'there is no option --frob here', 'see jsonmmap --help'],
  [['get'], 2, '<name> is missing', 'see jsonmmap get --help'],
  [['delete', 'app', '/flags', 'more'], 2, 'delete takes at most 2 arguments, not 3', 'see jsonmmap delete --help'],
  [['get', 'app', '--at', 'x'], 2, '--at must be a whole number, 1 or more; it is x'],
  [['publish', 'app', '--mode', '999'], 2, '--mode must be 600, 640 or 644'],
  [['publish', 'app', '--mode', '666'], 2, '--mode must be 600, 640 or 644'],
  [['publish', 'app', '--mode', '604'], 2, '--mode must be 600, 640 or 644'],
  [['publish', 'app', '--parse-timeout', '9999999'], 2, '--parse-timeout must be at most 1800000'],
  [['--if-version', '7', 'set', 'app', '/a', '1'], 11, 'version 7 was expected'],
  [['set', 'app', '/a', '1', '--if-version', '-1'], 2, '--if-version must be a whole number, 0 or more'],
  [
    ['export', 'app', '/flags/beta'],
    2,
    '/flags/beta is a value of the document',
    'use --path /flags/beta; to write such a file, --output /flags/beta',
  ],
  [['import', 'app', file('good.json')], 2, '--path <pointer> is missing', 'see jsonmmap import --help'],
  [['set', 'app', '/a', '1', '--timeout', '0'], 2, '--timeout must be more than 0'],
  [['set', 'app', '/a', '1', '--wait', '1000h'], 2, '--wait must be at most 500h'],
  [['run', 'app.json', '--grace', '1000h'], 2, '--grace must be at most 500h'],
  [['publish', 'app', '--format', 'xml'], 2, '--format must be one of json, jsonc, json5, yaml, toml, not xml'],
  [['watch', 'app', '--patch', '--exec', 'true'], 2, '--patch and --exec contradict each other'],
  [['completion', 'tcsh'], 2, '<shell> must be one of bash, zsh, fish, not tcsh'],

  [['get', 'ap'], 3, 'the region ap does not exist in ', 'did you mean app?'],
  [['get', 'zebra'], 3, 'the region zebra does not exist in ', 'jsonmmap ls'],
  [['set', 'zebra', '/a', '1'], 3, 'the region zebra does not exist in '],
  [['rm', 'zebra'], 3, 'the region zebra does not exist in '],
  [['check', 'zebra'], 3, 'the region zebra does not exist in '],
  [['watch', 'zebra'], 3, 'the region zebra does not exist in '],
  [['get', 'app', '--dir', '/no/such/directory'], 2, 'the directory /no/such/directory does not exist', 'check --dir'],
  [['ls', '--dir', '/no/such/directory'], 2, 'the directory /no/such/directory does not exist'],
  [['ls', '--dir', '/etc/passwd'], 2, '/etc/passwd cannot be used: it is not a directory'],
  [['get', 'a/b'], 2, '"a/b" is not a name'],
  [['get', '..'], 2, '".." is not a name'],

  [['get', 'app', '/flags/bta'], 3, '/flags/bta does not exist in version 1 of app', 'did you mean /flags/beta?'],
  [['get', 'app', '/nothing/here'], 3, '/nothing/here does not exist', 'the document has flags, list, text'],
  [['get', 'app', '/list/2'], 3, '/list/2 does not exist', '/list has 2 elements'],
  [['get', 'app', '/text/x'], 3, '/text/x does not exist', '/text is neither an object nor an array'],
  [['get', 'app', 'flags.beta'], 2, 'flags.beta is not a JSON pointer', 'did you mean /flags/beta?'],
  [['get', 'app', '.flags.beta'], 2, 'is not a JSON pointer', 'did you mean /flags/beta?'],
  [['get', 'app', '$.flags'], 2, 'is not a JSON pointer', 'did you mean /flags?'],
  [['get', 'app', '$["flags"][\'a b\']'], 2, 'is not a JSON pointer', "did you mean '/flags/a b'?"],
  [['get', 'app', '$.list[0]'], 2, 'is not a JSON pointer', 'did you mean /list/0?'],
  [['get', 'app', '#/flags'], 2, 'is not a JSON pointer', 'did you mean /flags?'],
  [['get', 'app', '/flags.beta'], 3, '/flags.beta does not exist', 'did you mean /flags/beta?'],
  [['get', 'app', '/a~2'], 2, 'is not a JSON pointer', '~0 is a tilde'],
  [['delete', 'app', '/nothing'], 3, '/nothing'],
  [['delete', 'app', ''], 2, 'the whole document cannot be deleted'],
  [['set', 'app', '/text/x', '1'], 3, '/text'],
  [['set', 'app', '/list/9', '1'], 3, '"9" is not an index of an array of 2 elements'],
  [
    ['set', 'app', '/flags/beta', 'yes'],
    2,
    'the value cannot be taken as JSON: yes:1:1: unexpected yes: keys and strings must be in double quotes',
    `if it is meant as a string, add --string, or write '"yes"'`,
  ],
  [['set', 'app', '/flags/beta', "it's"], 2, 'the value cannot be taken as JSON', String.raw`or write '"it'\''s"'`],
  [['set', 'app', '/flags/beta', '{"a":'], 2, 'the value cannot be taken as JSON'],
  [['set', 'app', '/a', '1', '--timeout', '0'], 2, '--timeout must be more than 0'],
  [['set', 'app', '/a', '1', '--timeout', '600h'], 2, '--timeout must be at most 500h'],
  [['set', 'app', '/a', '1', '--parse-timeout', '9999999'], 2, '--parse-timeout must be at most 1800000'],
  [['run', file('good.json'), '--grace', '600h'], 2, '--grace must be at most 500h'],
  [['get', ''], 2, 'the name of the region is empty', 'jsonmmap ls'],
  [['get', 'app', '/text', '--keys'], 3, '/text is neither an object nor an array, so it has no keys'],
  [['export', 'app', '--output', ''], 2, '--output must name a file'],
  [
    ['export', 'app', '--output', file('x.toml'), '--compact'],
    2,
    '--compact and --format toml contradict',
    'leave one out',
  ],
  [['export', 'app', '--output', '/dev/full'], 8, 'could not write /dev/full', 'write to another file with --output'],
  [['get', 'app', '--at', '7'], 3, 'version 7 of app does not exist yet: the newest is 1', 'jsonmmap log app'],
  [['diff', 'app'], 3, 'app has only version 1', 'publish app <file> --history <versions>'],
  [['diff', 'app', '1', '9'], 3, 'version 9 of app does not exist yet: the newest is 1', 'jsonmmap log app'],

  [['publish', 'app', file('missing.json')], 2, `there is no file ${file('missing.json')}`],
  [['publish', 'app', file('empty.json')], 2, 'empty.json: it is empty'],
  [['publish', 'app', file('broken.json')], 2, 'broken.json:3:7: colon expected'],
  [['publish', 'app', file('latin1.json')], 2, 'it is not UTF-8'],
  [['publish', 'app', file('twice.json')], 2, 'twice.json:1:10: the key "a" appears twice'],
  [['publish', 'app', file('bomb.yaml')], 2, 'bomb.yaml'],
  [['publish', 'app', file('huge.json')], 2, 'at most'],
  [['publish', 'app', file('directory.json')], 2, 'is a directory'],
  [['publish', 'app'], 2, 'standard input: it is empty'],
  [['patch', 'app', file('empty.json')], 2, 'it is empty'],

  [['publish', 'small', file('large.json'), '--max-bytes', '192KiB'], 8, 'cannot grow to', '--max-bytes'],
  [['publish', 'app', file('good.json'), '--history', '999999999'], 2, '--history must be an integer from 1 to 65534'],
  [['publish', 'shm', file('good.json'), '--durability', 'disk', '--dir', memory], 2, 'is in memory', '--dir'],
  // Again: what the first attempt left behind says the same.
  [['publish', 'shm', file('good.json'), '--durability', 'disk', '--dir', memory], 2, 'is in memory', '--dir'],
  [['run', file('good.json'), '--schema', file('schema.json')], 6, 'does not pass its schema'],
  [['run', file('good.json'), '--followers', '2'], 2, 'there is no command for 2 followers', '--followers 0'],
  [['run', file('blank in name.json')], 2, 'a region cannot be named after', 'with --name'],
  [['bench', 'x'], 2, 'bench takes no arguments, not 1'],
  [['bench', '--dir', '/no/such/directory'], 2, 'the directory /no/such/directory does not exist', 'check --dir'],
];

describe('what makes no sense', () => {
  it.each(cases.filter((_, i) => isFull || i % 6 === 0))(
    '%j: exit code %i, %s',
    async (args, code, message, cure = '') => {
      const result = await jsonmmap(args);
      expect(result).toMatchObject({ code, stdout: '' });
      const [first, ...more] = result.stderr.split('\n');
      expect(first).toMatch(/^jsonmmap: /);
      expect(first).toContain(message);
      expect(more.join('\n')).toContain(cure);
      await expectUsable(args, result.stderr);
    },
  );

  it.each([
    [['run', 'a.yaml', 'node', 's.js'], 'node is no document', 'jsonmmap run a.yaml -- node s.js'],
    [
      ['run', 'a.yaml', 'node', '--inspect', 's.js'],
      'no option --inspect',
      'jsonmmap run a.yaml -- node --inspect s.js',
    ],
    [['run', 'a.yaml', '--name', 'x', 'ls', '-l'], 'no option -l', 'jsonmmap run a.yaml --name x -- ls -l'],
    [
      ['run', 'a b.yaml', 'node', 's.js', '-f', '2'],
      'node is no document',
      "jsonmmap run 'a b.yaml' -- node s.js -f 2",
    ],
  ])('%j: the dashes are missing', async (args, message, line) => {
    const { code, stderr } = await jsonmmap(args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(stderr).toContain(`put -- before it: ${line}\n`);
  });

  it.each(['{"a":1,}', '-'])('set %j says nothing of --format, which it does not have', async (value) => {
    const { code, stderr } = await jsonmmap(['set', 'app', '/flags/beta', value], { input: '{"a":1,}' });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(':1:8: property name expected\n') });
  });

  it('is no reason to look for a command where an option of run itself is misspelt', async () => {
    const { stderr } = await jsonmmap(['run', '--nme', 'x', 'a.yaml']);
    expect(stderr).toContain('there is no option --nme here');
    expect(stderr).not.toContain('put --');
  });

  it.each([[['--dir']], [['--dir', '/tmp']], [['--json']], [['--owner=0', '--json']]])(
    '%j: the verb is missing',
    async (args) => {
      const { code, stderr } = await jsonmmap(args);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('the verb is missing') });
    },
  );

  it('names the directory in every command that it advises', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'jsonmmap-usage-'));
    Master.open('one', { dir: elsewhere, initial: 1 }).close();
    for (const args of [
      ['diff', 'one'],
      ['get', 'one', '--at', '9'],
      ['get', 'zebra'],
      ['set', 'one', '/a', '1'],
    ]) {
      const { stderr } = await jsonmmap([...args, '--dir', elsewhere], { env: { JSONMMAP_DIR: dir } });
      expect(stderr).toMatch(new RegExp(`jsonmmap (publish|log|ls|get).* --dir ${elsewhere}`));
    }
    rmSync(elsewhere, { recursive: true });
  });

  it('changes nothing', () => {
    const follower = Follower.open('app', { dir });
    expect(follower.version).toBe(1);
    expect(follower.current).toEqual({ flags: { beta: true }, list: [1, 2], text: 'x' });
    follower.close();
  });

  it('is told as JSON where JSON is asked for', async () => {
    const { stderr } = await jsonmmap(['get', 'ap', '--json']);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'ERR_REGION_NOT_FOUND',
        message: expect.stringContaining('the region ap does not exist'),
        cure: 'did you mean app?',
        exitCode: 3,
      },
    });
    expect(JSON.parse((await jsonmmap(['get', '--jsn', '--json'])).stderr).error.exitCode).toBe(2);
    for (const args of [
      ['get', 'app', '/text', '--raw', '--json'],
      ['export', 'app', '--format', 'yaml', '--json'],
    ]) {
      const { code, stdout, stderr } = await jsonmmap(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(JSON.parse(stderr).error.message).toContain('contradict each other');
    }
  });

  it('takes options before the verb too', async () => {
    const { code, stdout } = await jsonmmap(['--dir', dir, '--json', 'get', 'app', '/list']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[1,2]\n' });
  });

  it('shows the verbs when there is none', async () => {
    const { code, stdout, stderr } = await jsonmmap([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('publish <name> [file...]');
  });
});

describe('a place that lacks something', () => {
  const inShell = (line: string): { code: number | null; stderr: string } => {
    const command = `'${process.execPath}' '${main}'`;
    const { status, stderr } = spawnSync('sh', ['-c', line.replaceAll(/(^| )jsonmmap /g, `$1${command} `)], {
      cwd: dir,
      env: { ...process.env, JSONMMAP_DIR: dir },
      encoding: 'utf8',
    });
    return { code: status, stderr };
  };

  it('a temporary directory that is not there', () => {
    writeFileSync(file('linked'), '');
    linkSync(file('linked'), file('linked.json')); // is written over, from a draft elsewhere
    for (const line of ['jsonmmap export app -o linked.json', 'jsonmmap run good.json -- true']) {
      const { code, stderr } = inShell(`TMPDIR=/no/such/place ${line}`);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('the temporary directory /no/such/place does not exist'),
      });
      expect(stderr).toContain('TMPDIR');
    }
  });

  it('a current directory that is not there', () => {
    const good = file('good.json');
    for (const line of [`jsonmmap run '${good}' -- echo started`, 'JSONMMAP_DIR=here jsonmmap get app']) {
      const { code, stderr } = inShell(`mkdir gone && cd gone && rmdir ../gone && ${line}`);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('the current directory does not exist any more'),
      });
    }
  });

  it('so few descriptors that the command cannot be read', () => {
    const { code, stderr } = inShell('ulimit -n 20; jsonmmap get app');
    if (code !== 0) expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^jsonmmap: .*EMFILE/) });
  });

  it('a control file that is none', () => {
    mkdirSync(file('folder.ctl'));
    const { code, stderr } = inShell('jsonmmap get folder');
    expect({ code, stderr }).toEqual({ code: 7, stderr: expect.stringContaining(`rm -r ${file('folder.ctl')}`) });
    rmSync(file('folder.ctl'), { recursive: true });
  });

  it.skipIf(!isRoot || !othersMayRun || spawnSync('setpriv', ['--version']).status !== 0)(
    'bits of the owner that the umask takes (needs root, setpriv, and a checkout that others may enter)',
    () => {
      const place = mkdtempSync(join(tmpdir(), 'umask-'));
      chmodSync(place, 0o777);
      const script = `umask 0277; export JSONMMAP_DIR=${place}/regions TMPDIR=${place}; cd ${place}
        echo 1 | jsonmmap publish app && echo 2 | jsonmmap publish app && jsonmmap rm app
        echo '{}' | timeout -s KILL 20 jsonmmap run - --name live -- sh -c 'true'`;
      writeFileSync(join(place, 'script'), script.replaceAll(' jsonmmap ', ` '${process.execPath}' '${main}' `));
      const asNobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups sh -e';
      const { code, stderr } = inShell(`${asNobody} ${place}/script`);
      rmSync(place, { recursive: true });
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('permission denied') });
    },
  );
});

describe('patches that are refused', () => {
  it.each([
    ['{"op":"add"}', 2, 'a patch must be an array of operations'],
    ['[{"op":"frob","path":""}]', 2, 'operation 0 of the patch: unknown operation "frob"'],
    ['[{"op":"remove","path":"/zz"}]', 3, 'operation 0 of the patch'],
    ['[{"op":"test","path":"/text","value":"y"}]', 6, 'operation 0 of the patch: "/text" is not equal'],
  ])('%s: exit code %i', async (input, code, message) => {
    const result = await jsonmmap(['patch', 'app'], { input });
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
  });
});

describe('files of other users, and of other versions', () => {
  it.skipIf(isRoot)('a file that may not be read (root may read any)', async () => {
    const result = await jsonmmap(['publish', 'app', file('secret.json')]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('may not be read');
  });

  it('a region that others may write to', async () => {
    Master.open('open', { dir, initial: 1 }).close();
    chmodSync(file('open.ctl'), 0o666);
    for (const verb of [
      ['get', 'open'],
      ['set', 'open', '', '2'],
      ['stat', 'open'],
    ]) {
      const result = await jsonmmap(verb);
      expect(result).toMatchObject({ code: 7, stdout: '' });
      expect(result.stderr).toContain('other users may write to it');
      expect(result.stderr).toContain(`chmod go-w ${file('open.ctl')}`);
      await expectUsable(verb, result.stderr);
    }
    expect((await jsonmmap(['ls'])).stdout).toMatch(/^open .* ERR_REGION_DENIED$/m);
  });

  it.skipIf(!isRoot)('a region of another user, unless he is trusted (needs root)', async () => {
    const { chownSync } = await import('node:fs');
    Master.open('foreign', { dir, initial: { a: 1 } }).close();
    for (const name of ['foreign.ctl', 'foreign.1.seg']) chownSync(file(name), 12345, 12345);
    const refused = await jsonmmap(['get', 'foreign']);
    expect(refused).toMatchObject({ code: 7, stdout: '' });
    expect(refused.stderr).toContain('it belongs to user 12345');
    expect(refused.stderr).toContain('add --owner 12345');
    for (const verb of [
      ['set', 'foreign', '', '2'],
      ['delete', 'foreign', '/a'],
      ['rm', 'foreign'],
      ['publish', 'foreign', file('good.json')],
      ['run', file('good.json'), '--name', 'foreign'],
      ['stat', 'foreign'],
      ['export', 'foreign'],
    ]) {
      const result = await jsonmmap(verb);
      expect(result).toMatchObject({ code: 7, stdout: '' });
      await expectUsable(verb, result.stderr);
    }
    expect((await jsonmmap(['get', 'foreign', '--owner', '12345', '-c'])).stdout).toBe('{"a":1}\n');
  });

  it('a region of another format version, and one that is damaged', async () => {
    for (const [name, at, value, message] of [
      ['newer', 8, 99, 'its format is 99'],
      ['damaged', 0, 0, 'it does not begin with jsonmctl'],
    ] as const) {
      Master.open(name, { dir, initial: 1 }).close();
      const { readFileSync } = await import('node:fs');
      const bytes = readFileSync(file(`${name}.ctl`));
      bytes.writeUInt32LE(value, at);
      writeFileSync(file(`${name}.ctl`), bytes);
      for (const verb of [
        ['get', name],
        ['set', name, '', '2'],
        ['watch', name],
        ['check', name],
      ]) {
        const result = await jsonmmap(verb);
        expect(result.code).toBe(5);
        expect(result.stderr + result.stdout).toContain(message);
      }
      expect((await jsonmmap(['rm', name])).code).toBe(0);
    }
  });
});
