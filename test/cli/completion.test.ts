import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { isFull } from '../effort.js';
import { dir, jsonmmap, main, until } from './command.js';

const bin = join(dir, 'bin');
const home = join(dir, 'home');
const place = join(dir, 'place');
const env = {
  ...process.env,
  JSONMMAP_DIR: dir,
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  HOME: home,
  XDG_CONFIG_HOME: home,
  XDG_DATA_HOME: home,
  ZDOTDIR: home,
  TERM: 'xterm',
};

const lacks = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status !== 0;

beforeAll(async () => {
  const initial = { flags: { beta: true }, 'a/b~c': { d: 1 }, 'x y': { "it's": 1, 'c:d=e': 2 } };
  Master.open('shop', { dir, initial }).close();
  Master.open('shed', { dir, initial: [] }).close();
  const users = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`user${i}`, i]));
  Master.open('wide', { dir, initial: { users } }).close();
  for (const directory of [bin, home, place, join(place, 'folder')]) mkdirSync(directory);
  writeFileSync(join(place, 'only-file'), '{}');
  writeFileSync(join(bin, 'jsonmmap'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(bin, 'jsonmmap'), 0o755);
  for (const shell of ['bash', 'zsh', 'fish']) {
    writeFileSync(join(home, shell), (await jsonmmap(['completion', shell])).stdout);
  }
  writeFileSync(join(home, 'bashrc'), `PS1='READY> '; source ${join(home, 'bash')}\n`);
  const zshrc = `autoload -U compinit; compinit -D; bindkey -e; PS1='READY> '; source ${join(home, 'zsh')}\n`;
  writeFileSync(join(home, '.zshrc'), zshrc);
});

/** Words before the cursor, what the shell is told, and the candidates. */
const answers: [words: string[], offer: string, candidates: string[]][] = [
  [['pub'], 'nothing', ['publish']],
  [['--dir', '/x', 'pub'], 'nothing', ['publish']],
  [['--dir', '/x'], 'directories', []],
  [['help', 'ge'], 'nothing', ['get']],
  [['help', 'get', ''], 'nothing', []],
  [['frobnicate', ''], 'nothing', []],
  [['get', 'sh'], 'nothing', ['shed', 'shop']],
  [['get', 'shop', '/'], 'open', ['/a~1b~0c', '/flags', '/x y']],
  [['get', 'shop', '/flags'], 'open', ['/flags', '/flags/beta']],
  [['get', 'shop', '/flags/beta'], 'open', ['/flags/beta']],
  [['get', 'wide', '/users'], 'open', ['/users', '/users/']],
  [['get', 'shop', '/flags/'], 'open', ['/flags/beta']],
  [['get', 'shop', '/a~1b~0c/'], 'open', ['/a~1b~0c/d']],
  [['get', 'shop', '/flags', '/x'], 'open', ['/x y']],
  [['tree', 'shop', '/fl'], 'open', ['/flags']],
  [['sizes', 'sh'], 'nothing', ['shed', 'shop']],
  [['import', 'shop', '--path', '/fl'], 'open', ['/flags']],
  [['import', 'shop', ''], 'files', []],
  [['get', 'none', '/'], 'nothing', []],
  [['get', 'shop', '--at', ''], 'nothing', ['1']],
  [['set', 'shop', '/flags', '1', '--if-version', ''], 'nothing', ['1']],
  [['history', 'sh'], 'nothing', ['shed', 'shop']],
  [['history', 'shop', '/flags/'], 'open', ['/flags/beta']],
  [['revert', 'shop', ''], 'nothing', ['1']],
  [['revert', 'shop', '1', '/flags/'], 'open', ['/flags/beta']],
  [['edit', 'shop', '/flags/'], 'open', ['/flags/beta']],
  [['edit', 'shop', '--format', ''], 'nothing', ['json', 'jsonc', 'yaml']],
  [['rm', 'shop', 'sh'], 'nothing', ['shed']],
  [['export', 'shop', '--format', ''], 'nothing', ['env', 'json', 'toml', 'yaml']],
  [['export', 'shop', '--format='], 'nothing', ['env', 'json', 'toml', 'yaml'].map((format) => `--format=${format}`)],
  [['export', 'shop', '-o', ''], 'files', []],
  [['get', 'shop', '--dir='], 'directories', []],
  [['set', 'shop', '/flags', ''], 'nothing', []],
  [['get', '--ra'], 'nothing', ['--raw']],
  [['publish', 'shop', ''], 'files', []],
  [['publish', 'shop', 'a.yaml', ''], 'files', []],
  [['publish', 'shop', '--schema', ''], 'files', []],
  [['validate', ''], 'files', []],
  [['reload', 'sh'], 'nothing', ['shed', 'shop']],
  [['restart', 'sh'], 'nothing', ['shed', 'shop']],
  [['diff', 'shop', ''], 'files', ['1']],
  [['diff', 'shop', '1', ''], 'files', ['1']],
  [['wait', 'shop', '/fl'], 'open', ['/flags']],
  [['run', 'a.yaml', '--', 'no'], 'files', []],
  [['completion', 'z'], 'nothing', ['zsh']],
];

describe('complete', () => {
  it.each(answers)('%j: %s, %j', async (words, offer, candidates) => {
    const { code, stdout, stderr } = await jsonmmap(['complete', 'zsh', ...words]);
    const [first, ...lines] = stdout.trimEnd().split('\n');
    const found = lines.map((line) => line.split('\t')[0]).sort();
    expect({ code, stderr, first, found }).toEqual({ code: 0, stderr: '', first: offer, found: candidates });
  });

  it('offers what too many keys begin with, and no more than they have in common', async () => {
    const of = async (begun: string) =>
      (await jsonmmap(['complete', 'fish', 'get', 'wide', begun])).stdout.trimEnd().split('\n').slice(1);
    const digits = (text: string) => Array.from({ length: 10 }, (_, i) => `${text}${i}`);
    expect((await of('/users/')).sort()).toEqual(digits('/users/user'));
    expect((await of('/users/user1')).sort()).toEqual(['/users/user1', ...digits('/users/user1')]);
    expect((await of('/users/user1234')).sort()).toEqual(['/users/user1234', ...digits('/users/user1234')]);
  });

  it('is in no help, for it is for the scripts', async () => {
    expect((await jsonmmap(['--help'])).stdout).not.toMatch(/^ +complete /m);
  });
});

/** What is typed before Tab, and the words that the shell has then. */
const typed: [line: string, words: string[]][] = [
  ['jsonmmap publ', ['publish']],
  ['jsonmmap help publ', ['help', 'publish']],
  ['jsonmmap get shop --dir fol', ['get', 'shop', '--dir', 'folder']],
  ['jsonmmap get shop /fl', ['get', 'shop', '/flags']],
  ['jsonmmap get shop /x\\ y/i', ['get', 'shop', "/x y/it's"]],
  ['jsonmmap get shop /x\\ y/c:d', ['get', 'shop', '/x y/c:d=e']],
  ['jsonmmap export shop --format=y', ['export', 'shop', '--format=yaml']],
  ['jsonmmap publish shop only', ['publish', 'shop', 'only-file']],
  ['jsonmmap stat shop on', ['stat', 'shop', 'on']],
  ['jsonmmap help get on', ['help', 'get', 'on']],
];

/** In the short run every third line. */
const lines = typed.filter((_, i) => isFull || i % 3 === 0);

const shells: Record<string, string> = {
  bash: `bash --noprofile --init-file ${join(home, 'bashrc')} -i`,
  zsh: 'zsh -d -i',
  fish: `fish -C 'source ${join(home, 'fish')}; function fish_prompt; echo -n "READY> "; end; set fish_greeting'`,
};

describe.each(Object.keys(shells))('a real %s (needs it)', (shell) => {
  let terminal: ChildProcess;
  let shown = '';

  beforeAll(async () => {
    if (lacks(shell)) return;
    terminal = spawn('script', ['-qefc', `stty cols 300; ${shells[shell]}`, '/dev/null'], {
      cwd: place,
      env,
      stdio: 'pipe',
    });
    terminal.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
    });
    await until(() => shown.includes('READY> '));
  });

  afterAll(() => terminal?.kill('SIGKILL'));

  /** What printf has printed, once the prompt behind it says that this is all of it. */
  const printed = () => {
    const found = /<jsonmmap>(<[^<>]*>)+/.exec(shown);
    return found !== null && shown.includes('READY> ', found.index + found[0].length) ? found[0] : undefined;
  };

  it.skipIf(lacks(shell)).each(lines)('completes %s to %j', async (line, words) => {
    shown = '';
    // Tab, to the begin of the line, and what shows the words of the line instead of running it.
    terminal.stdin?.write(`${line}\t\u0001printf '<%s>' \r`);
    const found = await until(printed);
    // zsh takes the slash behind a directory away when another word follows.
    const became = found.slice(1, -1).split('><').slice(1);
    expect(became.map((word) => word.replace(/\/$/, ''))).toEqual(words);
  });

  // The other two close the quote by themselves.
  it.skipIf(lacks(shell) || shell !== 'zsh')('completes a key with a blank within a quote', async () => {
    shown = '';
    terminal.stdin?.write("jsonmmap get shop '/x \t'\u0001printf '<%s>' \r");
    const found = await until(printed);
    expect(found).toBe('<jsonmmap><get><shop></x y>');
  });
});

it('completion prints JSON where it is asked for', async () => {
  const { shell, script } = JSON.parse((await jsonmmap(['completion', 'fish', '--json'])).stdout);
  expect(shell).toBe('fish');
  expect(script).toContain('complete -c jsonmmap');
});
