/** Where the values of a document are in its text, for messages about a text that has been read. JSON5 and TOML have parsers that do not tell. */
import { createRequire } from 'node:module';
import type { Node as JsonNode } from 'jsonc-parser';
import type { Alias, Document, Node as YamlNode } from 'yaml';
import type { Format } from './formats/names.js';
import { type Position, positionAt } from './position.js';
import { decode } from './text.js';

const require = createRequire(import.meta.url);

/** Returns the place of the value that `tokens` name; undefined where the text does not have it. O(depth) and O(offset). */
export type Locate = (tokens: readonly string[]) => Position | undefined;

/** Reads a text once more for the places of its values. O(length). A text that the library cannot follow so far has none. */
export function locator(bytes: Uint8Array, format: Format): Locate {
  const nowhere: Locate = () => undefined;
  try {
    const text = decode(bytes);
    if (format === 'json' || format === 'jsonc') return inJson(text);
    return format === 'yaml' ? inYaml(text) : nowhere;
  } catch (error) {
    if (error instanceof RangeError) return nowhere; // nested deeper than the library recurses
    throw error;
  }
}

function inJson(text: string): Locate {
  const { parseTree } = require('jsonc-parser') as typeof import('jsonc-parser');
  const root = parseTree(text, [], { allowTrailingComma: true });
  return (tokens) => {
    const found = tokens.reduce(childInJson, root);
    return found && positionAt(text, found.offset);
  };
}

function childInJson(node: JsonNode | undefined, token: string): JsonNode | undefined {
  const { type, children = [] } = node ?? {};
  if (type === 'array') return children[Number(token)];
  return children.find(({ children: [key] = [] }) => key?.value === token)?.children?.[1];
}

/** What `<<` has merged is not at its path in the text, so it has no place. */
function inYaml(text: string): Locate {
  const yaml = require('yaml') as typeof import('yaml');
  const document = yaml.parseDocument(text, { prettyErrors: false, uniqueKeys: false, merge: true });
  return (tokens) => {
    let node = document.contents as YamlNode | null | undefined;
    for (const token of tokens) node = childInYaml(yaml, document, node, token);
    const offset = node?.range?.[0];
    return offset === undefined ? undefined : positionAt(text, offset);
  };
}

function childInYaml(
  yaml: typeof import('yaml'),
  document: Document,
  node: YamlNode | null | undefined,
  token: string,
): YamlNode | undefined {
  const container = yaml.isAlias(node) ? (node as Alias).resolve(document) : node;
  if (yaml.isSeq(container)) return container.items[Number(token)] as YamlNode | undefined;
  if (!yaml.isMap(container)) return undefined;
  const pair = container.items.find(({ key }) => String(yaml.isScalar(key) ? key.value : key) === token);
  return (pair?.value ?? undefined) as YamlNode | undefined;
}
