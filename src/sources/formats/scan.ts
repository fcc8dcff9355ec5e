/**
 * Looks once more at a text of the JSON family that its parser has taken, for what parsers say nothing about: keys that stand twice, and numbers that
 * lose digits. A loop with a list of the open containers, so depth costs heap; O(length).
 */
import { checkNumber, isSurelyHeld, type NumberOptions } from '../numbers.js';
import { SourceFault, shown } from '../position.js';

/** What differs between the formats: how a key, and a number, are read. */
export interface Dialect {
  /** The key that a token represents: a string with its quotes, or a bare word. */
  key(token: string): string;
  /** The number that a bare token represents; undefined for `true`, `null` and their kind. */
  number(token: string): number | undefined;
}

/** The keys of an open object so far; undefined for an array. */
type Keys = Set<string> | undefined;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const COMMA = 0x2c;
const SLASH = 0x2f;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** @throws `SourceFault` for the first duplicate key of an object, or the first number that JSON's numbers cannot hold */
export function scan(text: string, dialect: Dialect, options: NumberOptions): void {
  const open: Keys[] = [];
  let keys: Keys;
  let atKey = false;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === LINE_FEED || code === RETURN || code === TAB) at++;
    else if (code === COMMA) {
      atKey = keys !== undefined;
      at++;
    } else if (code === COLON) {
      atKey = false;
      at++;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      open.push(keys);
      keys = code === OPEN_BRACE ? new Set() : undefined;
      atKey = code === OPEN_BRACE;
      at++;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      keys = open.pop();
      atKey = false;
      at++;
    } else if (code === SLASH) at = commentEnd(text, at);
    else if (isOtherSpace(code)) at++;
    else {
      const quoted = code === DOUBLE_QUOTE || code === SINGLE_QUOTE;
      const end = quoted ? stringEnd(text, at, code) : wordEnd(text, at);
      if (atKey) addKey(text, at, end, keys, dialect);
      else if (!quoted) checkWord(text, at, end, dialect, options);
      at = end;
    }
  }
}

function addKey(text: string, at: number, end: number, keys: Keys, dialect: Dialect): void {
  const token = text.slice(at, end);
  const key = dialect.key(token);
  if (keys?.has(key)) throw twice(text, at, key);
  keys?.add(key);
}

/** The error for a duplicate key. */
export function twice(text: string, offset: number, key: string): SourceFault {
  return SourceFault.at(text, offset, `the key ${JSON.stringify(shown(key))} appears twice in one object`);
}

function checkWord(text: string, at: number, end: number, dialect: Dialect, options: NumberOptions): void {
  const token = text.slice(at, end);
  if (isSurelyHeld(token)) return;
  const number = dialect.number(token);
  if (number !== undefined) checkNumber(text, at, token, number, options);
}

function stringEnd(text: string, start: number, quote: number): number {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === quote || at >= text.length) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
}

function commentEnd(text: string, start: number): number {
  const block = text[start + 1] === '*';
  if (block) return text.indexOf('*/', start + 2) + 2;
  const rest = /[\n\r\u2028\u2029]/g;
  rest.lastIndex = start;
  return rest.exec(text)?.index ?? text.length;
}

function wordEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !endsWord(text.charCodeAt(at))) at++;
  return at;
}

function endsWord(code: number): boolean {
  switch (code) {
    case SPACE:
    case LINE_FEED:
    case RETURN:
    case TAB:
    case COMMA:
    case COLON:
    case SLASH:
    case OPEN_BRACE:
    case CLOSE_BRACE:
    case OPEN_BRACKET:
    case CLOSE_BRACKET:
      return true;
    default:
      return isOtherSpace(code);
  }
}

/** White space of JSON5 beyond that of JSON: ECMAScript's. */
function isOtherSpace(code: number): boolean {
  return code > 0x7f || code === 0x0b || code === 0x0c ? /\s/.test(String.fromCharCode(code)) : false;
}
