/** JSON, strict and with comments. */
import { createRequire } from 'node:module';
import type { Node, ParseError } from 'jsonc-parser';
import { setOwn } from '../../format/read/construct.js';
import type { NumberOptions } from '../numbers.js';
import { SourceFault, shown } from '../position.js';
import { type Dialect, scan } from './scan.js';

const require = createRequire(import.meta.url);

const JSON_DIALECT: Dialect = {
  key: (token) => (token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1)),
  number: (token) => (/^[-\d]/.test(token) ? Number(token) : undefined),
};

/** How a message about a text that is JSON with comments ends. */
export const JSONC_HINT = ': for JSON with comments or trailing commas, use --format jsonc';

/** Returns the value of a JSON text, of which `checkJson` has more to say. O(length), without recursion. @throws `SyntaxError` */
export function jsonValueOf(text: string): unknown {
  return JSON.parse(text);
}

/** Looks at a text that is JSON for what `JSON.parse` lets pass. @throws `SourceFault` */
export function checkJson(text: string, options: NumberOptions): void {
  scan(text, JSON_DIALECT, options);
}

/** The engine says that a text is no JSON; this says where, and whether it is JSON with comments. */
export function explainJson(text: string): SourceFault {
  try {
    const errors = errorsOf(text, { disallowComments: true });
    if (errors.length === 0) return new SourceFault('it is not JSON');
    const hint = errorsOf(text, { allowTrailingComma: true }).length === 0;
    return faultOf(text, errors[0], hint ? JSONC_HINT : '');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new SourceFault('it is not JSON, and nested too deeply to say where');
  }
}

/** Returns the value of a JSON text with comments and trailing commas; undefined where it holds nothing else. @throws `SourceFault` */
export function parseJsonc(text: string, options: NumberOptions): unknown {
  const { parseTree, stripComments } = parser();
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (root === undefined && stripComments(text).trim() === '') return undefined;
  if (errors.length > 0) throw faultOf(text, errors[0]);
  scan(text, JSON_DIALECT, options);
  return valueOfNode(root as Node);
}

function parser(): typeof import('jsonc-parser') {
  return require('jsonc-parser') as typeof import('jsonc-parser');
}

function errorsOf(text: string, options: import('jsonc-parser').ParseOptions): ParseError[] {
  const errors: ParseError[] = [];
  parser().parse(text, errors, options);
  return errors;
}

function faultOf(text: string, { error, offset, length }: ParseError, hint = ''): SourceFault {
  return SourceFault.at(
    text,
    offset,
    reasonOf(parser().printParseErrorCode(error), text.slice(offset, offset + length)) + hint,
  );
}

function reasonOf(name: string, symbol: string): string {
  if (name === 'InvalidSymbol') return `unexpected ${shown(symbol)}: keys and strings must be in double quotes`;
  if (name === 'EndOfFileExpected') return 'there is more after the end of the value';
  // "PropertyNameExpected" reads as "property name expected".
  return name.replace(/(?!^)([A-Z])/g, ' $1').toLowerCase();
}

/** The library's own conversion would assign to `__proto__`. */
function valueOfNode(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueOfNode);
  if (node.type !== 'object') return node.value;
  const object: Record<string, unknown> = {};
  for (const { children: [key, value] = [] } of node.children ?? [])
    setOwn(object, key.value as string, valueOfNode(value));
  return object;
}
