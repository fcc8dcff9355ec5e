/** The values at pointers of one snapshot, printed. */
import { CommandError } from '../../../command-error.js';
import { jsonPieces } from '../../../follower/json-stream.js';
import type { Snapshot } from '../../../follower/snapshot.js';
import { isContainer } from '../../../format/layout.js';
import { setOwn } from '../../../format/read/construct.js';
import type { WrittenFormat } from '../../formats/names.js';
import { textOf } from '../../formats/text.js';
import type { Io } from '../../io.js';
import { paintedJson } from '../../output/json-text.js';
import { plain } from '../../output/paint.js';
import { safe } from '../../output/safe.js';
import type { Options } from './options.js';

/** A value that exists. */
export interface Chosen {
  readonly pointer: string;
  readonly tokens: readonly string[];
}

/** Prints values in the way that the options say. @throws `ERR_FORMAT`, `ERR_TOO_LARGE`, `ERR_PATH_NOT_FOUND` for keys of what has none */
export async function printValues(
  io: Io,
  snapshot: Snapshot,
  values: readonly Chosen[],
  options: Options,
): Promise<void> {
  const { format, keys, json } = options;
  if (keys) return printKeys(io, snapshot, values, json);
  if (format !== undefined && format !== 'json') {
    return io.writeDocument(await textOf(format, chosenValue(snapshot, values, format), options));
  }
  if (values.length > 1 && (json || format === 'json')) return printObject(io, snapshot, values, options);
  for (const { tokens } of values) {
    const value = options.raw && !isContainerAt(snapshot, tokens) ? snapshot.get(tokens) : undefined;
    if (typeof value === 'string') await io.writeDocument(`${value}\n`);
    else await printJson(io, snapshot, tokens, options);
  }
}

async function printKeys(io: Io, snapshot: Snapshot, values: readonly Chosen[], json?: boolean): Promise<void> {
  const lists = values.map(({ pointer, tokens }): [string, string[]] => {
    if (!isContainerAt(snapshot, tokens)) throw withoutKeys(pointer);
    return [pointer, snapshot.keys(tokens)];
  });
  if (json) await io.printJson(lists.length === 1 ? lists[0][1] : Object.fromEntries(lists));
  else for (const [, keys] of lists) if (keys.length > 0) await io.print(keys.map(safe).join('\n'));
}

function isContainerAt(snapshot: Snapshot, tokens: readonly string[]): boolean {
  return isContainer(snapshot.valueRef(tokens)?.hi ?? 0);
}

function withoutKeys(pointer: string): CommandError {
  const message = `${pointer || 'the document'} is neither an object nor an array, so it has no keys`;
  return new CommandError('ERR_PATH_NOT_FOUND', message, { cure: 'leave --keys out to see the value' });
}

/** One value, or an object of several with their pointers as its keys; variables are named by the whole path then. */
function chosenValue(snapshot: Snapshot, values: readonly Chosen[], format: WrittenFormat): unknown {
  if (values.length === 1) return snapshot.get(values[0].tokens);
  if (format === 'env') return onlyThese(snapshot, values);
  return Object.fromEntries(values.map(({ pointer, tokens }) => [pointer, snapshot.get(tokens)]));
}

/** The document without all that is not chosen. Arrays become objects of their indexes, which have the same names. */
function onlyThese(snapshot: Snapshot, values: readonly Chosen[]): unknown {
  const whole = values.find(({ tokens }) => tokens.length === 0);
  if (whole !== undefined) return snapshot.get(whole.tokens);
  const root: Record<string, unknown> = {};
  const made = new Set<unknown>([root]);
  for (const { tokens } of values) {
    let at = root;
    for (const token of tokens.slice(0, -1)) {
      const next = Object.hasOwn(at, token) ? at[token] : {};
      if (at[token] === undefined) made.add(next);
      setOwn(at, token, next);
      at = next as Record<string, unknown>;
      if (!made.has(at)) break; // it is within what was chosen before
    }
    if (made.has(at)) setOwn(at, tokens[tokens.length - 1], snapshot.get(tokens));
  }
  return root;
}

/** An object of the values, with their pointers as its keys. */
async function printObject(io: Io, snapshot: Snapshot, values: readonly Chosen[], options: Options): Promise<void> {
  const indent = options.json || options.compact ? 0 : 2;
  const [margin, end, colon] = indent > 0 ? ['\n  ', '\n', ': '] : ['', '', ':'];
  const distinct = new Map(values.map((value) => [value.pointer, value]));
  let before = '{';
  for (const { pointer, tokens } of distinct.values()) {
    await writeJson(io, `${before}${margin}${JSON.stringify(pointer)}${colon}`, options);
    for (const { text } of jsonPieces(snapshot, tokens, indent, 1)) await writeJson(io, text, options);
    before = ',';
  }
  await writeJson(io, `${end}}\n`, options);
}

async function printJson(io: Io, snapshot: Snapshot, tokens: readonly string[], options: Options): Promise<void> {
  const indent = options.json || options.compact ? 0 : 2;
  for (const { text } of jsonPieces(snapshot, tokens, indent)) await writeJson(io, text, options);
  await io.write('\n');
}

/** Writes a piece of JSON: in colour where a person reads it. */
export function writeJson(io: Io, text: string, { json, compact }: Pick<Options, 'json' | 'compact'>): Promise<void> {
  return json || compact || io.paint === plain ? io.writeDocument(text) : io.write(paintedJson(text, io.paint));
}
