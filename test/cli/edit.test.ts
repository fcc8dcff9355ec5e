/** `jsonmmap edit` with a real editor, `test/programs/editor.mjs`: what is written, and what becomes of a text that is not. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Follower, Master } from '../../src/index.js';
import { dir, jsonmmap, main, type Outcome, outcome, start, startInTerminal, startProgram, until } from './command.js';

const PROGRAM = `${process.execPath} ${join(import.meta.dirname, '..', 'programs', 'editor.mjs')}`;
const COMMAND = `${process.execPath} ${main}`;
const DOCUMENT = { a: 1, b: { c: [1, 2, 3] }, text: "it's" };
let texts: string;
let regions = 0;
let name: string;

beforeEach(() => {
  name = `region-${++regions}`;
  texts = join(dir, `texts-${regions}`);
  mkdirSync(texts);
  Master.open(name, { dir, history: 10, initial: DOCUMENT }).close();
});

/** An editor that replaces; the shell reads the quotes. */
const replacing = (...words: string[]): string => [PROGRAM, ...words.map((word) => `'${word}'`)].join(' ');
const environmentOf = (editor: string) => ({ VISUAL: '', EDITOR: editor, TMPDIR: texts, EDITOR_LOG: join(dir, name) });

function edit(editor: string, ...args: string[]): Promise<Outcome> {
  return jsonmmap(['edit', name, ...args], { env: environmentOf(editor) });
}

function document(): unknown {
  const follower = Follower.open(name, { dir });
  const { current } = follower;
  follower.close();
  return current;
}

/** What the editor found. */
function found(): { file: string; mode: string; directory: string; text: string } {
  return JSON.parse(readFileSync(join(dir, name), 'utf8').trim().split('\n').at(-1) as string);
}

/** The text that was kept, whose path `stderr` says; undefined where none was. */
function kept(stderr: string): string | undefined {
  const path = /text is kept in (\S+)/.exec(stderr)?.[1];
  if (path === undefined) expect(readdirSync(texts)).toEqual([]);
  else expect((statSync(path).mode & 0o077).toString(8)).toBe('0');
  return path === undefined ? undefined : readFileSync(path, 'utf8');
}

describe('edit', () => {
  it('writes the document as it was edited, and leaves no file behind', async () => {
    const { code, stdout, stderr } = await edit(replacing('"a": 1', '"a": "two words"'));
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${name}  version 2  after 1\n`,
      stderr: '  ~ /a  1 → "two words"\n',
    });
    expect(document()).toEqual({ ...DOCUMENT, a: 'two words' });
    expect(found()).toMatchObject({
      mode: '600',
      directory: '700',
      text: `${JSON.stringify(DOCUMENT, undefined, 2)}\n`,
    });
    expect(kept(stderr)).toBeUndefined();
    expect(existsSync(found().file)).toBe(false);
  });

  it('writes one value, as YAML, with a comment that says what it is', async () => {
    const { stdout, stderr } = await edit(replacing('- 3', '- 3\n  - four'), '/b', '--format', 'yaml', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ version: 2, previousVersion: 1, changed: true });
    expect(stderr).toBe('');
    expect(found().text).toMatch(/^# \/b in the region region-\d+, version 1\.\n(# .*\n)+c:\n {2}- 1\n/);
    expect(found().file).toMatch(/\.yaml$/);
    expect(document()).toEqual({ ...DOCUMENT, b: { c: [1, 2, 3, 'four'] } });
    await edit(replacing('"c"', '// a comment\n"d"'), '/b', '--format', 'jsonc');
    expect(document()).toEqual({ ...DOCUMENT, b: { d: [1, 2, 3, 'four'] } });
  });

  it('takes $VISUAL before $EDITOR, and is asked of the master that lives', async () => {
    const master = await startProgram(
      'cli-master.mjs',
      'lives',
      JSON.stringify({ dir, initial: { n: 1 }, control: true }),
    );
    const env = { ...environmentOf('false'), VISUAL: replacing('1', '2') };
    expect((await jsonmmap(['edit', 'lives'], { env })).stdout).toBe('lives  version 2  after 1, by its master\n');
    master.stdin?.end();
  });

  it.each([
    ['the same text', replacing('none', 'of it')],
    ['another text of the same value', replacing('"a": 1', '"a":    1.0')],
    ['an empty text', 'truncate --size 0'],
  ])('writes nothing for %s', async (_, editor) => {
    const { code, stdout, stderr } = await edit(editor);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'nothing was changed, so nothing was written\n',
    });
    expect(kept(stderr)).toBeUndefined();
    const { version, changed } = JSON.parse((await edit(editor, '--json')).stdout);
    expect({ version, changed }).toEqual({ version: 1, changed: false });
  });

  it.each([
    ['fails', `${PROGRAM} --exit 3`, 'ended with exit code 3'],
    ['is killed', `${PROGRAM} --kill SIGKILL`, 'was ended by'],
    ['does not exist', 'no-such-editor --wait', 'was not found'],
  ])('says so where the editor %s', async (_, editor, reason) => {
    const { code, stdout, stderr } = await edit(editor);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`the editor, ${editor}, ${reason}`);
    expect(stderr).toContain('$EDITOR');
    expect(kept(stderr)).toBeUndefined(); // it is as it was
    expect(document()).toEqual(DOCUMENT);
  });

  it('keeps what was written before the editor failed', async () => {
    const { code, stderr } = await edit(`f() { ${replacing('"a": 1', '"a": 2')} "$1"; false; }; f`, '--json');
    expect(code).toBe(1);
    expect(kept(stderr)).toContain('"a": 2');
    expect(JSON.parse(stderr.trim().split('\n').at(-1) as string).error).toMatchObject({ code: 'ERR_EDITOR' });
    expect(document()).toEqual(DOCUMENT);
  });

  it('passes SIGTERM on to the editor, and writes nothing then', async () => {
    const child = start(['edit', name], environmentOf(`exec ${PROGRAM} --wait SIGTERM`));
    const ended = outcome(child);
    await until(() => existsSync(join(dir, name)));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('was ended by SIGTERM') });
    expect(document()).toEqual(DOCUMENT);
  });

  it('says where an invalid text is wrong, and keeps it', async () => {
    const { code, stdout, stderr } = await edit(replacing('"a": 1', '"a": one'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/region-\d+\.json:2:8: /);
    expect(kept(stderr)).toContain('"a": one');
  });

  it('keeps a text that the schema rejects, whoever has the schema', async () => {
    const schema = join(texts, '..', 'schema.json');
    writeFileSync(schema, '{"properties":{"b":{"properties":{"c":{"items":{"type":"integer"}}}}}}');
    const refused = await edit(replacing('3', '"x"'), '/b/c', '--schema', schema);
    expect(refused).toMatchObject({ code: 6, stdout: '' });
    expect(refused.stderr).toContain('/b/c/2: must be integer');
    expect(kept(refused.stderr)).toContain('"x"');
    expect((await edit(replacing('3', '4'), '/b/c', '--schema', schema)).code).toBe(0);
    const options = { dir, initial: { n: 0 }, control: true, onlyNumbers: true };
    const master = await startProgram('cli-master.mjs', 'numbers', JSON.stringify(options));
    const byMaster = await jsonmmap(['edit', 'numbers'], { env: environmentOf(replacing('0', '"x"')) });
    expect(byMaster).toMatchObject({ code: 6, stdout: '' });
    expect(kept(byMaster.stderr)).toContain('"x"');
    master.stdin?.end();
  });

  it('of what does not exist is an error, without an editor', async () => {
    expect((await edit('false', '/nothing')).stderr).toContain('/nothing does not exist');
    expect((await edit('false', '--if-version', '7')).code).toBe(11);
  });
});

describe('edit, while another process writes', () => {
  const meanwhile = (words: string, ...replacement: string[]) =>
    `${COMMAND} ${words} > /dev/null && ${replacing(...replacement)}`;

  it('is refused where that has changed the same value, and keeps the text', async () => {
    const { code, stdout, stderr } = await edit(meanwhile(`set ${name} /b/c/0 9`, '3', '4'), '/b', '--json');
    expect({ code, stdout }).toEqual({ code: 11, stdout: '' });
    expect(JSON.parse(stderr.trim().split('\n').at(-1) as string).error).toMatchObject({
      code: 'ERR_CONFLICT',
      version: 2,
      expected: 1,
      cure: expect.stringMatching(new RegExp(`jsonmmap diff ${name} 1; .*: jsonmmap set ${name} /b - < ${texts}/`)),
    });
    expect(kept(stderr)).toContain('4');
    expect(document()).toEqual({ ...DOCUMENT, b: { c: [9, 2, 3] } });
  });

  it('is refused where that has deleted it', async () => {
    const { code, stderr } = await edit(meanwhile(`delete ${name} /b`, '3', '4'), '/b');
    expect(code).toBe(11);
    expect(kept(stderr)).toContain('4');
    expect(document()).not.toHaveProperty('b');
  });

  it('is refused for the whole document, and for --if-version, whatever has changed', async () => {
    expect((await edit(meanwhile(`set ${name} /a 2`, '3', '4'))).code).toBe(11);
    expect((await edit(meanwhile(`set ${name} /a 3`, '3', '4'), '/b', '--if-version', '2')).code).toBe(11);
    expect(document()).toEqual({ ...DOCUMENT, a: 3 });
  });

  it('is written where only other values have changed', async () => {
    const { stdout } = await edit(meanwhile(`set ${name} /a 2`, '3', '4'), '/b');
    expect(stdout).toBe(`${name}  version 3  after 2\n`);
    expect(document()).toEqual({ ...DOCUMENT, a: 2, b: { c: [1, 2, 4] } });
  });
});

describe('edit on a terminal', () => {
  /** Answers each question in turn; returns what the terminal has shown. */
  async function answering(
    editor: string,
    args: string,
    ...answers: [question: string, answer: string][]
  ): Promise<Outcome> {
    const child = startInTerminal(`jsonmmap edit ${name} ${args}`, { ...environmentOf(editor), NO_COLOR: '1' });
    let shown = '';
    child.stdout?.on('data', (chunk) => {
      shown += chunk;
    });
    const ended = outcome(child);
    for (const [question, answer] of answers) {
      await until(() => shown.includes(question));
      shown = shown.slice(shown.indexOf(question) + question.length);
      child.stdin?.write(answer);
    }
    const { stdout, ...rest } = await ended;
    return { ...rest, stdout: stdout.replaceAll('\r\n', '\n') };
  }

  it('shows the changes and asks', async () => {
    const { code, stdout } = await answering(replacing('"a": 1', '"a": 2'), '', [`write it to ${name}?`, 'y\r']);
    expect(stdout).toContain('~ /a  1 → 2\n');
    expect(code).toBe(0);
    expect(document()).toEqual({ ...DOCUMENT, a: 2 });
  });

  it('writes nothing where the answer is no, or Ctrl-C, and keeps the text; asks nothing with --yes', async () => {
    for (const [answer, expected] of [
      ['n\r', 0],
      ['\u0003', 130],
    ] as const) {
      const { code, stdout } = await answering(replacing('"a": 1', '"a": 2'), '', ['[n]o:', answer]);
      expect(code).toBe(expected);
      expect(kept(stdout)).toContain('"a": 2');
      expect(document()).toEqual(DOCUMENT);
    }
    expect((await answering(replacing('"a": 1', '"a": 2'), '--yes')).code).toBe(0);
    expect(document()).toEqual({ ...DOCUMENT, a: 2 });
  });

  it('edits again: a text that is wrong, or that is not yet what was meant', async () => {
    const steps = replacing('"a": 1', '"a": one', '"a": one', '"a": 2', '"a": 2', '"a": 3');
    const { code, stdout } = await answering(
      steps,
      '',
      ['edit it again? [Y/n]', '\r'],
      ['[n]o:', 'what?\r'],
      ['[n]o:', 'e\r'],
      ['~ /a  1 → 3', ''],
      ['[n]o:', 'y\r'],
    );
    expect(stdout).toMatch(/\.json:2:8: /);
    expect(code).toBe(0);
    expect(document()).toEqual({ ...DOCUMENT, a: 3 });
    expect(readdirSync(texts)).toEqual([]);
  });

  it('keeps the text where it is wrong and is not edited again', async () => {
    const { code, stdout } = await answering(replacing('"a": 1', '"a": one'), '', ['[Y/n]', 'n\r']);
    expect(code).toBe(2);
    expect(kept(stdout)).toContain('"a": one');
  });
});
