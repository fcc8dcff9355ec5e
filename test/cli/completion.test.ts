import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { dir, jsonmmap, main } from './command.js';

const scripts: Record<string, string> = {};
const bin = join(dir, 'bin');
const env = { ...process.env, JSONMMAP_DIR: dir, PATH: `${bin}${delimiter}${process.env.PATH}` };

const lacks = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status !== 0;

beforeAll(async () => {
  Master.open('shop', { dir, initial: { flags: { beta: true }, 'a/b~c': { d: 1 } } }).close();
  Master.open('shed', { dir, initial: [] }).close();
  mkdirSync(bin);
  writeFileSync(join(bin, 'jsonmmap'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(bin, 'jsonmmap'), 0o755);
  for (const shell of ['bash', 'zsh', 'fish']) {
    scripts[shell] = join(dir, `completion.${shell}`);
    writeFileSync(scripts[shell], (await jsonmmap(['completion', shell])).stdout);
  }
});

/** What each line of words is completed to, in every shell. */
const lines: [words: string[], candidates: string[]][] = [
  [['pub'], ['publish']],
  [
    ['get', 'sh'],
    ['shed', 'shop'],
  ],
  [
    ['get', 'shop', '/'],
    ['/a~1b~0c', '/flags'],
  ],
  [['get', 'shop', '/flags/'], ['/flags/beta']],
  [['get', 'shop', '/a~1b~0c/'], ['/a~1b~0c/d']],
  [['rm', 'shop', 'she'], ['shed']],
  [
    ['export', 'shop', '--format', ''],
    ['json', 'yaml'],
  ],
  [['get', '--ra'], ['--raw']],
  [['completion', 'z'], ['zsh']],
];

describe('completion', () => {
  it.each(lines)('bash completes %j to %j', (words, candidates) => {
    const script = `
      source "$1"; shift
      compopt() { :; } # there is no line being edited
      COMP_WORDS=(jsonmmap "$@"); COMP_CWORD=$#
      _jsonmmap
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const stdout = execFileSync('bash', ['-c', script, 'bash', scripts.bash, ...words], { env, encoding: 'utf8' });
    expect(stdout.trim().split('\n').sort()).toEqual(candidates);
  });

  it.skipIf(lacks('fish')).each(lines)('fish completes %j to %j (needs fish)', (words, candidates) => {
    const line = `jsonmmap ${words.join(' ')}`;
    const stdout = execFileSync('fish', ['-c', 'source $argv[1]; complete -C $argv[2]', scripts.fish, line], {
      env,
      encoding: 'utf8',
    });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((found) => found.split('\t')[0])
        .sort(),
    ).toEqual(candidates);
  });

  it.skipIf(lacks('zsh'))('zsh takes the script (needs zsh)', () => {
    const check = 'autoload -U compinit; compinit -D; source $1 && print $_comps[jsonmmap]';
    expect(execFileSync('zsh', ['-fc', check, 'zsh', scripts.zsh], { env, encoding: 'utf8' })).toBe('_jsonmmap\n');
  });

  it('prints JSON where it is asked for', async () => {
    const { shell, script } = JSON.parse((await jsonmmap(['completion', 'fish', '--json'])).stdout);
    expect(shell).toBe('fish');
    expect(script).toContain('complete -c jsonmmap');
  });
});
