/** JSON, strict and with comments. */
import { createRequire } from 'node:module';
import type { Node, ParseError } from 'jsonc-parser';
import { setOwn } from '../format/read/construct.js';
import { SourceFault } from './position.js';

const require = createRequire(import.meta.url);

/** Up to this length keys that stand twice are looked for; beyond it the text is data, written by a program. */
const KEYS_CHECKED_UP_TO = 16 * 1024 * 1024;

/** Returns the value of a JSON text. @throws `SourceFault` */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw withinStack(() => explained(text)) ?? new SourceFault((error as Error).message);
  }
  if (text.length <= KEYS_CHECKED_UP_TO) withinStack(() => checkKeys(text));
  return value;
}

/** Runs `look`, which recurses; nesting beyond the stack, which the engine's own parser takes, is data too, and is not looked at. */
function withinStack<R>(look: () => R): R | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Returns the value of a JSON text with comments and trailing commas. @throws `SourceFault` */
export function parseJsonc(text: string): unknown {
  const { parseTree } = parser();
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) throw faultOf(text, errors[0]);
  if (root === undefined) throw new SourceFault('it holds no value');
  checkKeys(text);
  return valueOfNode(root);
}

function parser(): typeof import('jsonc-parser') {
  return require('jsonc-parser') as typeof import('jsonc-parser');
}

/** The engine says that a text is no JSON; this says where. */
function explained(text: string): SourceFault | undefined {
  const errors: ParseError[] = [];
  parser().parse(text, errors, { disallowComments: true });
  return errors.length === 0 ? undefined : faultOf(text, errors[0]);
}

function faultOf(text: string, { error, offset }: ParseError): SourceFault {
  const name = parser().printParseErrorCode(error);
  // "PropertyNameExpected" reads as "property name expected".
  return SourceFault.at(text, offset, name.replace(/(?!^)([A-Z])/g, ' $1').toLowerCase());
}

function checkKeys(text: string): void {
  const objects: Set<string>[] = [];
  parser().visit(text, {
    onObjectBegin: () => {
      objects.push(new Set());
    },
    onObjectProperty: (key, offset) => {
      const keys = objects.at(-1);
      if (keys?.has(key))
        throw SourceFault.at(text, offset, `the key ${JSON.stringify(key)} stands twice in one object`);
      keys?.add(key);
    },
    onObjectEnd: () => {
      objects.pop();
    },
  });
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
