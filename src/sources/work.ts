/** The part of reading a document that may take long, as messages between a thread that waits and one that can be stopped. */
import { checkJson, explainJson, parseJsonc } from './formats/json.js';
import { parseJson5 } from './formats/json5.js';
import type { Format } from './formats/names.js';
import { parseToml } from './formats/toml.js';
import { parseYaml } from './formats/yaml.js';
import type { NumberOptions } from './numbers.js';
import { isStackOverflow, type Position, SourceFault } from './position.js';

/** What is to be done with a text. */
export interface Task {
  /** `check`: it is JSON, is there more to say? `explain`: it is none, where? `parse`: make JSON of it. */
  readonly verb: 'check' | 'explain' | 'parse';
  readonly format: Format;
  readonly text: string;
  readonly options: NumberOptions;
}

/** `json` is the text of the value, undefined where the source holds none; `fault` says why there is none. */
export interface Answer {
  readonly json?: string | undefined;
  readonly fault?: { readonly reason: string; readonly position: Position | undefined };
}

const PARSERS: Readonly<Record<Exclude<Format, 'json'>, (text: string, options: NumberOptions) => unknown>> = {
  jsonc: parseJsonc,
  json5: parseJson5,
  yaml: parseYaml,
  toml: parseToml,
};

/** Does a task on the spot. Each library is loaded when its format is met. */
export function answer({ verb, format, text, options }: Task): Answer {
  try {
    if (verb === 'explain') throw explainJson(text);
    if (format !== 'json') return { json: JSON.stringify(PARSERS[format](text, options)) };
    checkJson(text, options);
    return {};
  } catch (error) {
    const fault = error instanceof RangeError ? limitOf(error, format) : error;
    if (!(fault instanceof SourceFault)) throw error;
    return { fault: { reason: fault.message, position: fault.position } };
  }
}

/** What the engine refuses: recursion beyond the stack, a longer string or a larger set than it has. */
function limitOf({ message }: RangeError, format: Format): SourceFault {
  return new SourceFault(
    isStackOverflow(message) ? `it is nested too deeply for ${format}` : `it is too large: ${message}`,
  );
}
