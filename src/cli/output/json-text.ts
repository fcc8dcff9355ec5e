/** JSON for people: indented, in colour, and harmless to a terminal. */
import { asOneText } from '../../stringify-limits.js';
import { type Paint, plain } from './paint.js';
import { safe, safeLines } from './safe.js';

/** A string with the colon that makes it a key, a number, or a word. Alternatives with nothing to backtrack into: any length is fine. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(:)?|-?\d[\d.eE+-]*|true|false|null/g;

/** Returns a piece of JSON for a terminal: in colour, and harmless. It may end between any two tokens; a key is in one piece with its colon. */
export function paintedJson(piece: string, paint: Paint): string {
  return colouredJson(safeLines(piece), paint);
}

/** Returns `value` as JSON on one line. */
export function compactJson(value: unknown, paint: Paint = plain): string {
  return colouredJson(safe(jsonText(value)), paint);
}

/** Returns `value` as JSON for a machine. @throws `ERR_TOO_LARGE` */
export function jsonText(value: unknown, indent = 0): string {
  const cure = 'get and export write values of any size and depth';
  return asOneText(() => JSON.stringify(value, undefined, indent), 'to be printed', cure);
}

function colouredJson(json: string, paint: Paint): string {
  if (paint === plain) return json;
  return json.replace(TOKEN, (token, colon: string | undefined) => {
    if (colon !== undefined) return `${paint('blue', token.slice(0, -1))}:`;
    if (token[0] === '"') return paint('green', token);
    if (token === 'null') return paint('dim', token);
    return paint(token === 'true' || token === 'false' ? 'magenta' : 'yellow', token);
  });
}
