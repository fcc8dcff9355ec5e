/** JSON5. */
import { createRequire } from 'node:module';
import type { NumberOptions } from '../numbers.js';
import { SourceFault } from '../position.js';
import { scan } from './scan.js';

const require = createRequire(import.meta.url);

/** Returns the value of a JSON5 text; undefined where it holds nothing but white space and comments. @throws `SourceFault` */
export function parseJson5(text: string, options: NumberOptions): unknown {
  const { parse } = require('json5') as typeof import('json5');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (isEmpty(text)) return undefined;
    throw faultOf(error);
  }
  scan(
    text,
    {
      key: (token) => keyOf(token, parse),
      number: (token) => (/^(?:[+-]|[.\d]|Infinity$|NaN$)/.test(token) ? Number(parse(token)) : undefined),
    },
    options,
  );
  return value;
}

function isEmpty(text: string): boolean {
  const { stripComments } = require('jsonc-parser') as typeof import('jsonc-parser');
  return stripComments(text).trim() === '';
}

/** A key is a string in either kind of quotes or an identifier, and each may have escapes. */
function keyOf(token: string, parse: (text: string) => unknown): string {
  if (!token.includes('\\')) return /^["']/.test(token) ? token.slice(1, -1) : token;
  return Object.keys(parse(`{${token}:0}`) as object)[0];
}

function faultOf(error: unknown): unknown {
  if (!(error instanceof SyntaxError)) return error;
  const { message, lineNumber, columnNumber } = error as Error & { lineNumber?: number; columnNumber?: number };
  const reason = message.replace(/^JSON5: /, '').replace(/ at \d+:\d+$/, '');
  return new SourceFault(reason, lineNumber && columnNumber ? { line: lineNumber, column: columnNumber } : undefined);
}
