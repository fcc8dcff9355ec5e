/** The text that is edited: a file that only this user can read. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { perform } from '../../../errors.js';
import { makeTemporaryDirectory } from '../../../run/temporary-directory.js';
import { parseDocument, type ReadingOptions } from '../../../sources/parse.js';
import { readSourceFile } from '../../../sources/read-file.js';
import { jsonText } from '../../output/json-text.js';
import { safe } from '../../output/safe.js';
import type { EditOptions } from './options.js';
import type { Subject } from './subject.js';

const OWNER_ONLY = 0o600;

export class Draft {
  readonly path: string;
  readonly #directory: string;
  readonly #format: EditOptions['format'];
  readonly #original: string;

  /** Writes the file. @throws `ERR_DIRECTORY`, `ERR_NO_SPACE`, `ERR_TOO_LARGE` */
  static async of(subject: Subject, format: EditOptions['format']): Promise<Draft> {
    return new Draft(subject.name, format, await textOf(subject, format));
  }

  private constructor(name: string, format: EditOptions['format'], text: string) {
    this.#format = format;
    this.#original = text;
    this.#directory = makeTemporaryDirectory();
    this.path = join(this.#directory, `${name}.${format}`);
    try {
      perform(`write ${this.path}`, () => writeFileSync(this.path, text, { flag: 'wx', mode: OWNER_ONLY }));
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /**
   * Returns what the file holds now; undefined if it is unchanged or empty, which changes nothing.
   * @throws `ERR_SOURCE` with file, line, column and reason
   */
  async read(reading: ReadingOptions): Promise<{ readonly value: unknown } | undefined> {
    const text = Buffer.from(await readSourceFile(this.path, { timeoutMs: reading.timeoutMs }));
    if (text.equals(Buffer.from(this.#original)) || text.toString().trim() === '') return undefined;
    const value = await parseDocument(text, { ...reading, format: this.#format, file: this.path });
    return value === undefined ? undefined : { value };
  }

  /** Whether the file has not been changed, so that nothing is lost with it. */
  isAsRead(): boolean {
    try {
      return readFileSync(this.path, 'utf8') === this.#original;
    } catch {
      return false; // what there is instead is for the user to look at
    }
  }

  /** Removes the file, and what the editor has left beside it. */
  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

async function textOf(subject: Subject, format: EditOptions['format']): Promise<string> {
  if (format === 'json') return `${jsonText(subject.value, 2)}\n`;
  if (format === 'jsonc') return `${headerOf(subject, '//')}${jsonText(subject.value, 2)}\n`;
  const { yamlText } = await import('../../formats/yaml.js');
  const style = { purpose: 'to be edited as YAML', cure: 'edit it as JSON, or a part of it' };
  return headerOf(subject, '#') + (await yamlText(subject.value, style));
}

/** @param mark What comments begin with. */
function headerOf({ name, version, pointer }: Subject, mark: string): string {
  const what = pointer === '' ? `The document of the region ${name}` : `${safe(pointer)} in the region ${name}`;
  const lines = [
    `${what}, version ${version}.`,
    'Save and leave the editor to write it.',
    'An unchanged or empty text writes nothing.',
  ];
  return lines.map((line) => `${mark} ${line}\n`).join('');
}
