/** JSONPath expressions (RFC 9535), and what is wrong with one. */
import { createRequire } from 'node:module';
import type { JSONPathQuery } from 'json-p3';
import { CommandError } from '../../command-error.js';
import { cut } from '../output/table.js';

const require = createRequire(import.meta.url);

/** `..` follows so many levels; the library recurses, and each level takes part of the stack. */
export const DEPTH_MAX = 1000;
const SHOWN_LENGTH = 40;

/** Returns the query that an expression says; the library is loaded then. @throws `ERR_QUERY`, which says where */
export function compiled(expression: string): JSONPathQuery {
  const { JSONPathEnvironment } = require('json-p3') as typeof import('json-p3');
  try {
    return new JSONPathEnvironment({ maxRecursionDepth: DEPTH_MAX }).compile(expression);
  } catch (error) {
    throw faultOf(error, expression);
  }
}

/** Returns the error for what the library throws while it compiles or evaluates; any other error unchanged. */
export function faultOf(error: unknown, expression: string): unknown {
  if (error instanceof RangeError) return tooDeep('the query, or a value that it reads, is nested too deeply', error);
  const { name, message, token } = error as { name?: unknown; message: string; token?: { index: number } };
  if (name === 'JSONPathRecursionLimitError')
    return tooDeep(`.. of the query does not follow more than ${DEPTH_MAX} levels, and there are more`, error);
  if (token === undefined) return error;
  const reason = message.replace(/ \('.*':\d+\)$/s, '');
  const { index } = token;
  const before = expression.slice(0, index);
  const behind = index === 0 ? 'at its beginning' : `at character ${index + 1}, behind ${shownEnd(before)}`;
  return new CommandError('ERR_QUERY', `the query is not JSONPath: ${reason} ${behind}`, {
    cause: error,
    cure: cureOf(expression),
  });
}

function tooDeep(message: string, cause: unknown): CommandError {
  return new CommandError('ERR_QUERY', message, {
    cause,
    cure: 'name a part of the document by its pointer, or name the keys on the way',
  });
}

function shownEnd(text: string): string {
  return text.length <= SHOWN_LENGTH ? text : `…${text.slice(-SHOWN_LENGTH)}`;
}

function cureOf(expression: string): string {
  if (expression.startsWith('/')) return 'a JSON pointer stands alone, without --query';
  if (!expression.startsWith('$'))
    return `a query begins with $, which is the whole value: did you mean ${dollar(expression)}?`;
  return "examples: '$.users[*].name', '$..port', '$.users[?@.age > 40]', '$.list[0:3]'";
}

function dollar(expression: string): string {
  return cut(`'$${/^[.[]/.test(expression) ? '' : '.'}${expression}'`, SHOWN_LENGTH);
}
