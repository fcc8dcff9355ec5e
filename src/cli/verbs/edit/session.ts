/** One editing: from the version that is read to the one that is written, or to the text that is kept. */
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
import { tellWritten, type Written } from '../../write.js';
import { Draft } from './draft.js';
import { runEditor } from './editor.js';
import type { EditOptions } from './options.js';
import { read, type Subject } from './subject.js';
import { checkSchema, type Writing, writeValue } from './writing.js';

const NO_TERMINAL_WIDTH = 80;

interface Session extends Writing {
  readonly io: Io;
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
  return writeValue(session, found.value);
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

function unchanged({ name, version }: Subject): Written {
  return { name, version, previousVersion: version, changed: false, byMaster: false };
}
