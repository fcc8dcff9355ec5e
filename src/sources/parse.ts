/** Documents from text, in the formats that people write configuration in. */
import { CommandError } from '../command-error.js';
import { answerWithin, type Limits } from './bounded.js';
import { jsonValueOf } from './formats/json.js';
import type { Format } from './formats/names.js';
import type { NumberOptions } from './numbers.js';
import { type Position, SourceFault } from './position.js';
import { decode } from './text.js';
import { type Variables, withVariables } from './variables.js';
import { type Answer, answer, type Task } from './work.js';

/** How a source is read, for those who want it other than by default. */
export interface ReadingOptions extends NumberOptions, Limits {
  /** What replaces `${NAME}` in strings; undefined leaves them as they are. */
  readonly variables?: Variables | undefined;
}

/** A text to be read, and how messages call it. */
export interface Naming extends ReadingOptions {
  readonly format: Format;
  readonly file: string;
}

/**
 * JSON up to this length is looked at on the spot, which takes milliseconds: the time grows with the length alone. What is longer, and every other
 * format, whose parsers promise nothing, goes to a thread that can be stopped.
 */
const ON_THE_SPOT_LENGTH = 1024 * 1024;

/**
 * Returns the value of a text, as `JSON.parse` would make it; undefined where the text holds nothing but white space and comments, in a format that has those.
 * @throws `ERR_SOURCE` naming `file`, line, column and the reason: also for a duplicate key, a number that JSON's numbers cannot hold, a
 *   limit, a variable that is not set
 */
export async function parseDocument(
  text: string | Uint8Array,
  { file, variables, ...reading }: Naming,
): Promise<unknown> {
  try {
    const value = await parseText(typeof text === 'string' ? text : decode(text), reading);
    return variables === undefined ? value : withVariables(value, variables);
  } catch (error) {
    throw named(error, file);
  }
}

async function parseText(text: string, { format, ...options }: Omit<Naming, 'file'>): Promise<unknown> {
  if (format === 'json') return parseJson(text, options);
  const { json } = taken(await answerWithin({ verb: 'parse', format, text, options }, options));
  return json === undefined ? undefined : jsonValueOf(json);
}

/** JSON is parsed on this thread: handing the result over from another one would take as long. */
async function parseJson(text: string, options: ReadingOptions): Promise<unknown> {
  if (text.trim() === '') throw new SourceFault('it is empty: the smallest document is null');
  const task: Omit<Task, 'verb'> = { format: 'json', text, options };
  const work = (verb: Task['verb']): Answer | Promise<Answer> =>
    text.length <= ON_THE_SPOT_LENGTH ? answer({ verb, ...task }) : answerWithin({ verb, ...task }, options);
  let value: unknown;
  try {
    value = jsonValueOf(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    taken(await work('explain'));
  }
  taken(await work('check'));
  return value;
}

function taken(answer: Answer): Answer {
  if (answer.fault !== undefined) throw new SourceFault(answer.fault.reason, answer.fault.position);
  return answer;
}

/** Returns the error for what is wrong with `file`. */
export function named(error: unknown, file: string): unknown {
  if (!(error instanceof SourceFault)) return error;
  const { position, message } = error;
  return new CommandError('ERR_SOURCE', `${file}${at(position)}: ${message}`, { cause: error, ...position });
}

function at(position: Position | undefined): string {
  return position === undefined ? '' : `:${position.line}:${position.column}`;
}
