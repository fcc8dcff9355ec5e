/** JSON from somebody who may mean harm. */
import { invalid } from '../errors.js';

/** Deeper than any document that people write; a parser that recurses takes it. */
const DEPTH_MAX = 1000;
const SMALL_DEPTH_MAX = 4;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the value of a JSON text. O(bytes). @throws `ERR_UPSTREAM_INVALID` naming `what` */
export function parseJson(what: string, bytes: Uint8Array, depthMax = DEPTH_MAX): unknown {
  if (depthOf(bytes, depthMax) > depthMax) throw invalid(what, `it is nested deeper than ${depthMax}`);
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw invalid(what, 'it is no JSON in UTF-8');
  }
}

/** The same for a line of ours. */
export function parseSmallJson(what: string, bytes: Uint8Array): unknown {
  return parseJson(what, bytes, SMALL_DEPTH_MAX);
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');

/** How deep the containers of a JSON text are nested; stops behind `enough`. */
function depthOf(bytes: Uint8Array, enough: number): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (++depth > deepest) deepest = depth;
      if (deepest > enough) return deepest;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
  }
  return deepest;
}
