/** What the tests of `jsonmmap edit` share: a region for each test, and a real editor, `test/programs/editor.mjs`. */
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Follower, Master } from '../../src/index.js';
import { dir, jsonmmap, main, type Outcome } from './command.js';

export const EDITOR = `${process.execPath} ${join(import.meta.dirname, '..', 'programs', 'editor.mjs')}`;
export const COMMAND = `${process.execPath} ${main}`;
export const DOCUMENT = { a: 1, b: { c: [1, 2, 3] }, text: "it's" };

let regions = 0;

/** A region that holds `DOCUMENT`, and what becomes of it. */
export class Edited {
  readonly name = `edited-${process.pid}-${++regions}`;
  /** Where texts are while they are edited, and stay where they are kept. */
  readonly texts = join(dir, `${this.name}-texts`);
  readonly log = join(dir, `${this.name}-log`);

  constructor() {
    mkdirSync(this.texts, { recursive: true });
    Master.open(this.name, { dir, history: 10, initial: DOCUMENT }).close();
  }

  get document(): unknown {
    const follower = Follower.open(this.name, { dir });
    const { current } = follower;
    follower.close();
    return current;
  }

  /** What the editor found. */
  get found(): { file: string; mode: string; directory: string; text: string } {
    return JSON.parse(readFileSync(this.log, 'utf8').trim().split('\n').at(-1) as string);
  }

  environment(editor: string): NodeJS.ProcessEnv {
    return { VISUAL: '', EDITOR: editor, TMPDIR: this.texts, EDITOR_LOG: this.log };
  }

  edit(editor: string, ...args: string[]): Promise<Outcome> {
    return jsonmmap(['edit', this.name, ...args], { env: this.environment(editor) });
  }

  /** The text that was kept, whose path `messages` say; undefined where none was. */
  kept(messages: string): string | undefined {
    const path = /text is kept in (\S+)/.exec(messages)?.[1];
    if (path === undefined) expect(readdirSync(this.texts)).toEqual([]);
    else expect((statSync(path).mode & 0o077).toString(8)).toBe('0');
    return path === undefined ? undefined : readFileSync(path, 'utf8');
  }
}

/** An editor that replaces; the shell reads the quotes. */
export function replacing(...words: string[]): string {
  return [EDITOR, ...words.map((word) => `'${word}'`)].join(' ');
}
