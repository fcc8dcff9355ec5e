/** `jsonmmap edit` on a terminal: what it asks, and what the answers do. */
import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Outcome, outcome, startInTerminal, until } from './command.js';
import { DOCUMENT, Edited, replacing } from './editing.js';

let region: Edited;

beforeEach(() => {
  region = new Edited();
});

describe('edit on a terminal', () => {
  /** Answers each question in turn; returns what the terminal has shown. */
  async function answering(
    editor: string,
    args: string,
    ...answers: [question: string, answer: string][]
  ): Promise<Outcome> {
    const child = startInTerminal(`jsonmmap edit ${region.name} ${args}`, {
      ...region.environment(editor),
      NO_COLOR: '1',
    });
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
    const { code, stdout } = await answering(replacing('"a": 1', '"a": 2'), '', [`write it to ${region.name}?`, 'y\r']);
    expect(stdout).toContain('~ /a  1 → 2\n');
    expect(code).toBe(0);
    expect(region.document).toEqual({ ...DOCUMENT, a: 2 });
  });

  it('writes nothing where the answer is no, or Ctrl-C, and keeps the text; asks nothing with --yes', async () => {
    for (const [answer, expected] of [
      ['n\r', 0],
      ['\u0003', 130],
    ] as const) {
      const { code, stdout } = await answering(replacing('"a": 1', '"a": 2'), '', ['[n]o:', answer]);
      expect(code).toBe(expected);
      expect(region.kept(stdout)).toContain('"a": 2');
      expect(region.document).toEqual(DOCUMENT);
    }
    expect((await answering(replacing('"a": 1', '"a": 2'), '--yes')).code).toBe(0);
    expect(region.document).toEqual({ ...DOCUMENT, a: 2 });
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
    expect(region.document).toEqual({ ...DOCUMENT, a: 3 });
    expect(readdirSync(region.texts)).toEqual([]);
  });

  it('keeps the text where it is wrong and is not edited again', async () => {
    const { code, stdout } = await answering(replacing('"a": 1', '"a": one'), '', ['[Y/n]', 'n\r']);
    expect(code).toBe(2);
    expect(region.kept(stdout)).toContain('"a": one');
  });
});
