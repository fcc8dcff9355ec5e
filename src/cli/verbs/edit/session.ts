/** One editing: from the version that is read to the one that is written, or to the text that is kept. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { CommandError } from '../../../command-error.js';
import { JsonMmapError } from '../../../errors.js';
import { tokensOf } from '../../../format/pointer.js';
import { conflict } from '../../../region/errors.js';
import { loadJsonSchema } from '../../../sources/json-schema.js';
import { ask, canAsk } from '../../ask.js';
import { compared } from '../../comparison.js';
import { readingOf } from '../../document.js';
import { ExitCode, exitCodeOf } from '../../exit-codes.js';
import { complain } from '../../failure.js';
import type { Io } from '../../io.js';
import { changeLines } from '../../output/changes-text.js';
import { jsonText } from '../../output/json-text.js';
import { existing } from '../../pointer.js';
import { withFollower } from '../../region.js';
import { checkAgainst } from '../../schema-check.js';
import { inDir, ourCommand, shellWord } from '../../shell.js';
import { perform, tellWritten, type Written } from '../../write.js';
import { Draft, type Subject } from './draft.js';
import { runEditor } from './editor.js';
import type { EditOptions } from './options.js';

const NO_TERMINAL_WIDTH = 80;
/** How often a write is tried again where others write elsewhere in the document. */
const ATTEMPTS = 100;

interface Session {
  readonly io: Io;
  readonly options: EditOptions;
  readonly subject: Subject;
  readonly draft: Draft;
  readonly schema: StandardSchemaV1 | undefined;
}

/**
 * Has the value at `pointer` edited, and writes it. The text of the user is removed only when it is written, or changes nothing.
 * @throws `ERR_CONFLICT` where the value has changed since it was read; `ERR_EDITOR`, `ERR_SOURCE`, `ERR_SCHEMA`, and what reading and writing throw
 */
export async function edit(io: Io, name: string, pointer: string, options: EditOptions): Promise<void> {
  const schema = options.schema === undefined ? undefined : await loadJsonSchema(options.schema, readingOf(options));
  const subject = await read(name, pointer, options);
  const { ifVersion } = options;
  if (ifVersion !== undefined && ifVersion !== subject.version) throw conflict(ifVersion, subject.version);
  const draft = await Draft.of(subject, options.format);
  let outcome: Written | 'declined' | undefined;
  try {
    outcome = await untilWritten({ io, options, subject, draft, schema });
  } catch (error) {
    if (draft.isAsRead()) draft.remove();
    else io.note(io.paintNote('yellow', `the text is kept in ${draft.path}`));
    throw error;
  }
  if (outcome === 'declined') {
    io.note(`nothing was written; the text is kept in ${draft.path}`);
    return;
  }
  draft.remove();
  if (outcome === undefined) io.note('nothing was changed, so nothing was written');
  if (outcome !== undefined || options.json) await tellWritten(io, options, outcome ?? unchanged(subject));
}

async function read(name: string, pointer: string, options: EditOptions): Promise<Subject & { document: unknown }> {
  return withFollower(name, options, (follower) => {
    const snapshot = follower.snapshot();
    const value = snapshot.get(existing(snapshot, name, pointer));
    const document = options.schema === undefined ? undefined : snapshot.current; // all of it, for the schema only
    return { name, pointer, version: snapshot.version, value, document };
  });
}

/** Runs the editor until its text can be written; undefined where the text changes nothing. */
async function untilWritten(session: Session): Promise<Written | 'declined' | undefined> {
  const { io, draft } = session;
  for (;;) {
    await runEditor(io.env, draft.path);
    try {
      const outcome = await tried(session);
      if (outcome !== 'again') return outcome;
    } catch (error) {
      if (!isAboutText(error) || !canAsk(io)) throw error;
      complain(io, error.summary, error.cure);
      process.exitCode = exitCodeOf(error.code);
      if ((await ask(io, 'edit it again? [Y/n] ', 'Yn')) !== 'y') return 'declined';
      process.exitCode = ExitCode.OK;
    }
  }
}

/** What another text would not have. */
function isAboutText(error: unknown): error is JsonMmapError {
  return error instanceof JsonMmapError && ['ERR_SOURCE', 'ERR_SCHEMA'].includes(error.code);
}

async function tried(session: Session): Promise<Written | 'declined' | 'again' | undefined> {
  const { io, options, subject, draft } = session;
  const found = await draft.read(readingOf(options));
  if (found === undefined || jsonText(found.value) === jsonText(subject.value)) return undefined;
  await checkSchema(session, found.value);
  const asks = canAsk(io) && !options.yes;
  if (asks || !options.json) io.note(shownChanges(io, subject, found.value));
  if (asks) {
    const answer = await ask(io, `write it to ${subject.name}? [y]es, [e]dit again, [n]o: `, 'yen');
    if (answer !== 'y') return answer === 'e' ? 'again' : 'declined';
  }
  return written(session, found.value);
}

/** The document that is there now, with the value in it. */
async function checkSchema({ schema, options, subject }: Session, value: unknown): Promise<void> {
  if (schema === undefined) return;
  const { document } = await read(subject.name, subject.pointer, options);
  await checkAgainst(schema, replaced(document, tokensOf(subject.pointer), value));
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

function shownChanges(io: Io, { pointer, value }: Subject, now: unknown): string {
  const tokens = tokensOf(pointer);
  const width = io.err.isTTY ? io.err.columns : NO_TERMINAL_WIDTH;
  return compared(within(tokens, value), within(tokens, now), (patch, from) =>
    changeLines({ paint: io.paintNote, width }, patch, from),
  );
}

/** A document that holds nothing but `value`, at the same path. */
function within(tokens: readonly string[], value: unknown): unknown {
  return tokens.reduceRight((inner, token) => Object.fromEntries([[token, inner]]), value);
}

/** Writes to the version that was read, or to one in which only other values have changed since. */
async function written({ schema, ...session }: Session, value: unknown): Promise<Written> {
  const { options, subject } = session;
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
      if (now === undefined) throw overtaken(session, error);
      version = now.version;
      await checkSchema({ schema, ...session }, value);
    }
  }
}

/** Undefined where the value is another one now, or none. */
async function readAgain(subject: Subject, options: EditOptions): Promise<Subject | undefined> {
  try {
    const now = await read(subject.name, subject.pointer, options);
    return jsonText(now.value) === jsonText(subject.value) ? now : undefined;
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_PATH_NOT_FOUND') return undefined;
    throw error;
  }
}

function overtaken({ options, subject, draft }: Omit<Session, 'schema'>, cause: JsonMmapError): JsonMmapError {
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

function unchanged({ name, version }: Subject): Written {
  return { name, version, previousVersion: version, changed: false, byMaster: false };
}
