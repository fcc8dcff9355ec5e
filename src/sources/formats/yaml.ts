/** YAML: 1.2, or 1.1 where the document says `%YAML 1.1`. */
import { createRequire } from 'node:module';
import type { Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { setOwn } from '../../format/read/construct.js';
import { checkNumber, isSurelyHeld, type NumberOptions } from '../numbers.js';
import { isStackOverflow, SourceFault, shown } from '../position.js';
import { isRealDate } from './dates.js';
import { twice } from './scan.js';

const require = createRequire(import.meta.url);

/** So much text may aliases add, together. */
const ALIASES_MAX_BYTES = 64 * 1024 * 1024;
const TAGS = 'tag:yaml.org,2002:';

/** The library knows `!!float 5.0`, and not `!!float 5`. */
const WHOLE_FLOAT = { tag: `${TAGS}float`, default: true, test: /^[-+]?[0-9]+$/, resolve: Number } as const;

/** Returns the value of a YAML text; undefined where it holds nothing but white space, comments and `---`. @throws `SourceFault` */
export function parseYaml(text: string, options: NumberOptions): unknown {
  const yaml = require('yaml') as typeof import('yaml');
  // The library compares each key with all before it; ours are looked up.
  const document = yaml.parseDocument(text, {
    prettyErrors: false,
    uniqueKeys: false,
    merge: true,
    customTags: [WHOLE_FLOAT],
  });
  // What the library warns of is a tag that it leaves out, but for a version of YAML that is to come.
  const [fault] = [...document.errors, ...document.warnings.filter(({ code }) => code !== 'BAD_DIRECTIVE')];
  if (fault !== undefined) throw SourceFault.at(text, fault.pos[0], reasonOf(fault));
  if (isNothing(document)) return undefined;
  return new Values(yaml, text, options).of(document.contents as Node).value;
}

function reasonOf({ code, message }: { code: string; message: string }): string {
  if (code === 'MULTIPLE_DOCS') return 'it holds several documents: put each into a file of its own';
  if (isStackOverflow(message)) return 'it is nested too deeply for yaml';
  const [, tag] = /^Unresolved tag: (.*)$/s.exec(message) ?? [];
  return tag === undefined ? message : `JSON has nothing for the tag ${shown(tag)}: write the value without it`;
}

function isNothing({ contents }: Document): boolean {
  const { source, tag, anchor } = (contents ?? {}) as Partial<Scalar>;
  return contents === null || (source === '' && tag === undefined && anchor === undefined && isPlain(contents));
}

function isPlain(node: unknown): boolean {
  const { type } = node as Scalar;
  return type === undefined || type === 'PLAIN';
}

/** A value, and the length of its JSON, give or take quotes. An alias gives the value of its anchor itself, which unfolds when JSON is made of it. */
interface Value {
  readonly value: unknown;
  readonly bytes: number;
}

/** Makes plain values of the library's nodes, by JSON's rules. Recurses as deeply as the library has. */
class Values {
  readonly #yaml: typeof import('yaml');
  readonly #text: string;
  readonly #options: NumberOptions;
  /** By name; undefined while what it names is not complete. */
  readonly #anchors = new Map<string, Value | undefined>();
  #aliasBytes = 0;

  constructor(yaml: typeof import('yaml'), text: string, options: NumberOptions) {
    this.#yaml = yaml;
    this.#text = text;
    this.#options = options;
  }

  /** @throws `SourceFault` for what JSON cannot hold */
  of(node: Node | null): Value {
    if (node === null) return { value: null, bytes: 4 };
    if (this.#yaml.isAlias(node)) return this.#aliased(node);
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const value = this.#made(node);
    if (anchor !== undefined) this.#anchors.set(anchor, value);
    return value;
  }

  #made(node: Node): Value {
    if (this.#yaml.isScalar(node)) return this.#scalar(node);
    const { tag } = node as { tag?: string };
    if (tag === `${TAGS}set`)
      return this.#list(
        (node as YAMLMap<Node, Node>).items.map(({ key }) => key),
        tag,
        node,
      );
    if (tag === `${TAGS}omap`) return this.#object((node as unknown as YAMLMap<Node, Node>).items);
    if (this.#yaml.isMap(node)) return this.#object((node as YAMLMap<Node, Node>).items);
    return this.#list((node as YAMLSeq<Node | Pair<Node, Node>>).items, tag, node);
  }

  #aliased(node: import('yaml').Alias): Value {
    const name = node.source;
    if (!this.#anchors.has(name)) throw this.#fault(node, `there is no anchor ${shown(name)} before this alias`);
    const value = this.#anchors.get(name);
    if (value === undefined) throw this.#fault(node, `the anchor ${shown(name)} contains itself, which JSON cannot`);
    this.#aliasBytes += value.bytes;
    if (this.#aliasBytes > ALIASES_MAX_BYTES)
      throw this.#fault(
        node,
        `aliases unfold to more than ${ALIASES_MAX_BYTES / 1024 / 1024} MiB: write less with them`,
      );
    return value;
  }

  #scalar(node: Scalar): Value {
    const { value, source = '', tag } = node;
    if (typeof value === 'number') this.#checkNumber(node, source, value);
    if (value instanceof Date && !isRealDate(source)) throw this.#fault(node, `there is no day ${source.slice(0, 10)}`);
    if (tag === `${TAGS}binary`) return text(Buffer.from(value as Uint8Array).toString('base64'));
    return value instanceof Date ? text(value.toISOString()) : text(value);
  }

  #checkNumber(node: Scalar, source: string, value: number): void {
    // Hours and minutes of YAML 1.1, 190:20:30, are small.
    if (!isSurelyHeld(source) && !source.includes(':'))
      checkNumber(this.#text, node.range?.[0] ?? 0, source, value, this.#options);
  }

  #list(items: readonly (Node | Pair<Node, Node> | null)[], tag: string | undefined, node: Node): Value {
    const values = items.map((item) =>
      this.#yaml.isPair(item) ? this.#object([item as Pair<Node, Node>]) : this.of(item),
    );
    const members = new Set(tag === `${TAGS}set` ? values.map(({ value }) => JSON.stringify(value)) : []);
    if (tag === `${TAGS}set` && members.size < values.length)
      throw this.#fault(node, 'a member appears twice in this set');
    return { value: values.map(({ value }) => value), bytes: sum(values) };
  }

  #object(pairs: readonly Pair<Node, Node>[]): Value {
    const object: Record<string, unknown> = {};
    const merged = new Set<string>();
    let bytes = 2;
    for (const { key, value } of pairs) {
      if (isMerge(key)) {
        bytes += this.#merge(object, merged, value);
        continue;
      }
      const name = this.#key(key);
      if (Object.hasOwn(object, name) && !merged.delete(name)) throw twice(this.#text, offsetOf(key), name);
      const made = this.of(value);
      setOwn(object, name, made.value);
      bytes += name.length + 4 + made.bytes;
    }
    return { value: object, bytes };
  }

  /** `<<` names an object, or a list of them: the first one wins, and keys beside `<<` win over all. Returns the length of what it adds. */
  #merge(object: Record<string, unknown>, merged: Set<string>, node: Node | null): number {
    const { value, bytes } = this.of(node);
    for (const source of Array.isArray(value) ? value : [value]) {
      if (!isObject(source)) throw this.#fault(node, 'what << merges must be an object, or a list of objects');
      for (const key of Object.keys(source)) {
        if (Object.hasOwn(object, key)) continue;
        setOwn(object, key, source[key]);
        merged.add(key);
      }
    }
    return bytes;
  }

  #key(node: Node | null): string {
    const { value } = this.of(node);
    if (typeof value === 'object' && value !== null)
      throw this.#fault(node, 'a key of JSON is text: quote it, it cannot be a list or an object');
    return String(value);
  }

  #fault(node: unknown, reason: string): SourceFault {
    return SourceFault.at(this.#text, offsetOf(node), reason);
  }
}

function text(value: unknown): Value {
  return { value, bytes: typeof value === 'string' ? value.length + 2 : 8 };
}

function sum(values: readonly Value[]): number {
  return values.reduce((total, { bytes }) => total + bytes + 1, 2);
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function isMerge(key: Node | null): boolean {
  return typeof (key as Scalar | null)?.value === 'symbol';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
