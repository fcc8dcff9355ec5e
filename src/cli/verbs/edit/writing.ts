/** Writing what was edited: if it is allowed, and if nobody else has changed it. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { CommandError } from '../../../command-error.js';
import { JsonMmapError } from '../../../errors.js';
import { tokensOf } from '../../../format/pointer.js';
import { jsonText } from '../../output/json-text.js';
import { checkAgainst } from '../../schema-check.js';
import { inDir, ourCommand, shellWord } from '../../shell.js';
import { perform, type Written } from '../../write.js';
import type { Draft } from './draft.js';
import type { EditOptions } from './options.js';
import { type Read, read, type Subject } from './subject.js';

/** How often a write is tried again where others write elsewhere in the document. */
const ATTEMPTS = 100;

export interface Writing {
  readonly options: EditOptions;
  readonly subject: Subject;
  readonly draft: Draft;
  readonly schema: StandardSchemaV1 | undefined;
}

/**
 * Writes the value to the version that was read, or to one in which only other values have changed since.
 * @throws `ERR_CONFLICT` where the value has changed; `ERR_SCHEMA`, and what the write throws
 */
export async function writeValue(writing: Writing, value: unknown): Promise<Written> {
  const { options, subject } = writing;
  const { name, pointer } = subject;
  let { version } = subject;
  for (let attempt = 1; ; attempt++) {
    try {
      const request =
        pointer === '' ? ({ verb: 'write', value } as const) : ({ verb: 'set', path: pointer, value } as const);
      return await perform(name, { ...options, ifVersion: version }, request, 'jsonmmap edit');
    } catch (error) {
      if (!(error instanceof JsonMmapError) || error.code !== 'ERR_CONFLICT') throw error;
      const now = options.ifVersion === undefined && attempt < ATTEMPTS ? await readAgain(subject, options) : undefined;
      if (now === undefined) throw overtaken(writing, error);
      version = now.version;
      await checkSchema(writing, value);
    }
  }
}

/** @throws `ERR_SCHEMA` where the document of now does not pass with the value in it */
export async function checkSchema({ schema, options, subject }: Writing, value: unknown): Promise<void> {
  if (schema === undefined) return;
  const now = await readAgain(subject, options);
  if (now === undefined) return; // the write will be in conflict
  await checkAgainst(schema, replaced(now.document, tokensOf(subject.pointer), value));
}

/** A copy of `container` with another value at `tokens`, which exist. */
function replaced(container: unknown, [token, ...rest]: readonly string[], value: unknown): unknown {
  if (token === undefined) return value;
  const copy: unknown = Array.isArray(container) ? [...container] : { ...(container as object) };
  const entries = copy as Record<string, unknown>;
  const entry = replaced(entries[token], rest, value);
  Object.defineProperty(entries, token, { value: entry, writable: true, enumerable: true, configurable: true }); // __proto__ too
  return copy;
}

/** Undefined where the value is another one now, or none. */
async function readAgain(subject: Subject, options: EditOptions): Promise<Read | undefined> {
  try {
    const now = await read(subject.name, subject.pointer, options);
    return jsonText(now.value) === jsonText(subject.value) ? now : undefined;
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_PATH_NOT_FOUND') return undefined;
    throw error;
  }
}

function overtaken({ options, subject, draft }: Writing, cause: JsonMmapError): JsonMmapError {
  const { name, pointer, version: expected } = subject;
  const { version } = cause as { version?: number };
  const what = pointer === '' ? `the document of ${name}` : `${pointer} in ${name}`;
  const where = inDir(options.dir);
  const changes = ourCommand('diff', name, String(expected), ...where);
  const rewrite =
    pointer === ''
      ? ourCommand('publish', name, draft.path, ...where)
      : options.format === 'json'
        ? `${ourCommand('set', name, pointer, '-', ...where)} < ${shellWord(draft.path)}`
        : undefined;
  const cure = `see what has changed: ${changes}${rewrite === undefined ? '' : `; write the text all the same: ${rewrite}`}`;
  return new CommandError(
    'ERR_CONFLICT',
    `nothing was written: version ${version} is the newest, and ${what} was read in version ${expected}`,
    { cause, cure, version, expected },
  );
}
