/** TOML. */
import { createRequire } from 'node:module';
import { checkNumber, isSurelyHeld, type NumberOptions } from '../numbers.js';
import { SourceFault } from '../position.js';
import { isRealDate } from './dates.js';

const require = createRequire(import.meta.url);

/** Returns the value of a TOML text; an empty one is an empty table. @throws `SourceFault` */
export function parseToml(text: string, options: NumberOptions): unknown {
  const { parse, TomlError } = require('smol-toml') as typeof import('smol-toml');
  let value: unknown;
  try {
    value = parse(text, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new SourceFault(reason, { line: error.line, column: error.column });
  }
  for (const [offset, word] of bareValues(text)) checkWord(text, offset, word, options);
  return withNumbers(value);
}

function checkWord(text: string, offset: number, word: string, options: NumberOptions): void {
  if (word === 'true' || word === 'false' || isSurelyHeld(word)) return;
  if (/^\d{4}-/.test(word)) {
    if (!isRealDate(word)) throw SourceFault.at(text, offset, `there is no day ${word.slice(0, 10)}`);
  } else if (!/^\d\d:/.test(word)) checkNumber(text, offset, word, numberOf(word), options);
}

function numberOf(word: string): number {
  if (/^[+-]?inf$/.test(word)) return word.startsWith('-') ? -Infinity : Infinity;
  return Number(word.replaceAll('_', ''));
}

/** The library returns whole numbers as BigInt, so that they can be checked here. Changes `value`; a list of what is open instead of recursion. */
function withNumbers(value: unknown): unknown {
  const open = [value];
  for (const container of open as Record<string, unknown>[]) {
    for (const [key, member] of Object.entries(container)) {
      if (typeof member === 'bigint') container[key] = Number(member);
      else if (typeof member === 'object' && member !== null && !(member instanceof Date)) open.push(member);
    }
  }
  return value;
}

/**
 * The grammar of the scan: a line begins with a key, `=` leads to a value; an array has values, an inline table keys and values. Strings and comments are
 * skipped as a whole.
 */
const TOKEN =
  /"""(?:[^\\"]+|\\[\s\S]|"(?!""))*"{3,5}|'''(?:[^']+|'(?!''))*'{3,5}|"(?:[^"\\\n]+|\\.)*"|'[^'\n]*'|#[^\n]*|[=[\]{},\n]|[^\s"'#=[\]{},]+(?: (?=\d\d:)[^\s"'#=[\]{},]+)?/g;

/** Yields each value without quotes of a text that is TOML, with its offset. */
function* bareValues(text: string): Generator<[offset: number, word: string]> {
  const open: string[] = [];
  let atValue = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '=') atValue = true;
    else if (token === '\n') atValue &&= open.length > 0;
    else if (token === ',') atValue = open.at(-1) === '[';
    else if ((token === '[' || token === '{') && atValue) {
      open.push(token);
      atValue = token === '[';
    } else if (token === ']' || token === '}') {
      open.pop();
      atValue = false;
    } else if (atValue && !/^["'#]/.test(token)) yield [index, token];
  }
}
