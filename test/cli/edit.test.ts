/** `jsonmmap edit`: what is written, and what becomes of a text that is not. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { dir, jsonmmap, outcome, start, startProgram, until } from './command.js';
import { COMMAND, DOCUMENT, EDITOR, Edited, replacing } from './editing.js';

let region: Edited;

beforeEach(() => {
  region = new Edited();
});

describe('edit', () => {
  it('writes the document as it was edited, and leaves no file behind', async () => {
    const { code, stdout, stderr } = await region.edit(replacing('"a": 1', '"a": "two words"'));
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${region.name}  version 2  after 1\n`,
      stderr: '  ~ /a  1 → "two words"\n',
    });
    expect(region.document).toEqual({ ...DOCUMENT, a: 'two words' });
    expect(region.found).toMatchObject({
      mode: '600',
      directory: '700',
      text: `${JSON.stringify(DOCUMENT, undefined, 2)}\n`,
    });
    expect(region.kept(stderr)).toBeUndefined();
    expect(existsSync(region.found.file)).toBe(false);
  });

  it('writes one value, as YAML, with a comment that says what it is', async () => {
    const { stdout, stderr } = await region.edit(replacing('- 3', '- 3\n  - four'), '/b', '--format', 'yaml', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ version: 2, previousVersion: 1, changed: true });
    expect(stderr).toBe('');
    expect(region.found.text).toMatch(/^# \/b in the region edited-[\d-]+, version 1\.\n(# .*\n)+c:\n {2}- 1\n/);
    expect(region.found.file).toMatch(/\.yaml$/);
    expect(region.document).toEqual({ ...DOCUMENT, b: { c: [1, 2, 3, 'four'] } });
    await region.edit(replacing('"c"', '// a comment\n"d"'), '/b', '--format', 'jsonc');
    expect(region.document).toEqual({ ...DOCUMENT, b: { d: [1, 2, 3, 'four'] } });
  });

  it('takes $VISUAL before $EDITOR, and is asked of the master that lives', async () => {
    const master = await startProgram(
      'cli-master.mjs',
      'lives',
      JSON.stringify({ dir, initial: { n: 1 }, control: true }),
    );
    const env = { ...region.environment('false'), VISUAL: replacing('1', '2') };
    expect((await jsonmmap(['edit', 'lives'], { env })).stdout).toBe('lives  version 2  after 1, by its master\n');
    master.stdin?.end();
  });

  it.each([
    ['the same text', replacing('none', 'of it')],
    ['another text of the same value', replacing('"a": 1', '"a":    1.0')],
    ['an empty text', 'truncate --size 0'],
  ])('writes nothing for %s', async (_, editor) => {
    const { code, stdout, stderr } = await region.edit(editor);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'nothing was changed, so nothing was written\n',
    });
    expect(region.kept(stderr)).toBeUndefined();
  });

  it.each([
    ['fails', `${EDITOR} --exit 3`, 'ended with exit code 3'],
    ['is killed', `${EDITOR} --kill SIGKILL`, 'was ended by'],
    ['does not exist', 'no-such-editor --wait', 'was not found'],
  ])('says so where the editor %s', async (_, editor, reason) => {
    const { code, stdout, stderr } = await region.edit(editor);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`the editor, ${editor}, ${reason}`);
    expect(stderr).toContain('$EDITOR');
    expect(region.kept(stderr)).toBeUndefined(); // it is as it was
    expect(region.document).toEqual(DOCUMENT);
  });

  it('keeps what was written before the editor failed', async () => {
    const { code, stderr } = await region.edit(`f() { ${replacing('"a": 1', '"a": 2')} "$1"; false; }; f`, '--json');
    expect(code).toBe(1);
    expect(region.kept(stderr)).toContain('"a": 2');
    expect(JSON.parse(stderr.trim().split('\n').at(-1) as string).error).toMatchObject({ code: 'ERR_EDITOR' });
    expect(region.document).toEqual(DOCUMENT);
  });

  it('passes SIGTERM on to the editor, and writes nothing then', async () => {
    const child = start(['edit', region.name], region.environment(`exec ${EDITOR} --wait SIGTERM`));
    const ended = outcome(child);
    await until(() => existsSync(region.log));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('was ended by SIGTERM') });
    expect(region.document).toEqual(DOCUMENT);
  });

  it('says where an invalid text is wrong, and keeps it', async () => {
    const { code, stdout, stderr } = await region.edit(replacing('"a": 1', '"a": one'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/edited-[\d-]+\.json:2:8: /);
    expect(region.kept(stderr)).toContain('"a": one');
  });

  it('keeps a text that the schema rejects, that of the command or of the master', async () => {
    const schema = join(dir, 'schema.json');
    writeFileSync(schema, '{"properties":{"b":{"properties":{"c":{"items":{"type":"integer"}}}}}}');
    const refused = await region.edit(replacing('3', '"x"'), '/b/c', '--schema', schema);
    expect(refused).toMatchObject({ code: 6, stdout: '' });
    expect(refused.stderr).toContain('/b/c/2: must be integer');
    expect(region.kept(refused.stderr)).toContain('"x"');
    expect((await region.edit(replacing('3', '4'), '/b/c', '--schema', schema)).code).toBe(0);
    const options = { dir, initial: { n: 0 }, control: true, onlyNumbers: true };
    const master = await startProgram('cli-master.mjs', 'numbers', JSON.stringify(options));
    const byMaster = await jsonmmap(['edit', 'numbers'], { env: region.environment(replacing('0', '"x"')) });
    expect(byMaster).toMatchObject({ code: 6, stdout: '' });
    expect(region.kept(byMaster.stderr)).toContain('"x"');
    master.stdin?.end();
  });

  it('of what does not exist is an error, without an editor', async () => {
    expect((await region.edit('false', '/nothing')).stderr).toContain('/nothing does not exist');
    expect((await region.edit('false', '--if-version', '7')).code).toBe(11);
  });
});

describe('edit, while another process writes', () => {
  const meanwhile = (words: string, ...replacement: string[]) =>
    `${COMMAND} ${words} > /dev/null && ${replacing(...replacement)}`;

  it('is refused where that has changed the same value, and keeps the text', async () => {
    const { code, stdout, stderr } = await region.edit(
      meanwhile(`set ${region.name} /b/c/0 9`, '3', '4'),
      '/b',
      '--json',
    );
    expect({ code, stdout }).toEqual({ code: 11, stdout: '' });
    expect(JSON.parse(stderr.trim().split('\n').at(-1) as string).error).toMatchObject({
      code: 'ERR_CONFLICT',
      version: 2,
      expected: 1,
      cure: expect.stringMatching(
        new RegExp(`jsonmmap diff ${region.name} 1; .*: jsonmmap set ${region.name} /b - < ${region.texts}/`),
      ),
    });
    expect(region.kept(stderr)).toContain('4');
    expect(region.document).toEqual({ ...DOCUMENT, b: { c: [9, 2, 3] } });
  });

  it('is refused where that has deleted it', async () => {
    const schema = join(dir, 'any.json');
    writeFileSync(schema, 'true');
    const editor = meanwhile(`delete ${region.name} /b`, '3', '4');
    const { code, stderr } = await region.edit(editor, '/b', '--schema', schema);
    expect(code).toBe(11);
    expect(region.kept(stderr)).toContain('4');
    expect(region.document).not.toHaveProperty('b');
  });

  it('is refused for the whole document, and for --if-version, whatever has changed', async () => {
    expect((await region.edit(meanwhile(`set ${region.name} /a 2`, '3', '4'))).code).toBe(11);
    expect((await region.edit(meanwhile(`set ${region.name} /a 3`, '3', '4'), '/b', '--if-version', '2')).code).toBe(
      11,
    );
    expect(region.document).toEqual({ ...DOCUMENT, a: 3 });
  });

  it('is written where only other values have changed', async () => {
    const { stdout } = await region.edit(meanwhile(`set ${region.name} /a 2`, '3', '4'), '/b');
    expect(stdout).toBe(`${region.name}  version 3  after 2\n`);
    expect(region.document).toEqual({ ...DOCUMENT, a: 2, b: { c: [1, 2, 4] } });
  });
});
