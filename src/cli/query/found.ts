/** What a query finds in a region, as text. Runs in a thread that can be stopped. */
import { Follower } from '../../follower/follower.js';
import { jsonPieces } from '../../follower/json-stream.js';
import type { Snapshot } from '../../follower/snapshot.js';
import { pointerOf } from '../../format/pointer.js';
import type { Where } from '../command.js';
import { safe } from '../output/safe.js';
import { existing } from '../pointer.js';
import { snapshotAt } from '../region.js';
import { compiled, faultOf } from './expression.js';

/** What is looked for, and how it is printed. */
export interface Request {
  readonly name: string;
  readonly where: Where;
  readonly at: number | undefined;
  /** Of the value that is `$`. */
  readonly pointer: string;
  readonly expression: string;
  /** Pointers instead of values. */
  readonly paths: boolean;
  /** `array`: all as one JSON array. `lines`: one a line. `pretty`: indented, one behind the other. `raw`: the same, strings without quotes. */
  readonly style: 'array' | 'lines' | 'pretty' | 'raw';
}

const PIECE_LENGTH = 64 * 1024;

/**
 * Yields what the query finds, in its order, in pieces that end between two tokens. The document is read through a view, so values that the query passes by are
 * not kept. O(what it looks at), and of what it finds one piece is in memory at a time.
 * @throws `ERR_QUERY`, `ERR_PATH_NOT_FOUND`, and what opening a region throws
 */
export function* found(request: Request): Generator<string> {
  const query = compiled(request.expression);
  const follower = Follower.open(request.name, request.where);
  try {
    const snapshot = snapshotAt(follower, request.at, request.where);
    const base = existing(snapshot, request.name, request.pointer);
    yield* inPieces(texts(request, snapshot, base, query.lazyQuery(valueAt(snapshot, base))));
  } finally {
    follower.close();
  }
}

type Matches = ReturnType<ReturnType<typeof compiled>['lazyQuery']>;
type Value = Parameters<ReturnType<typeof compiled>['lazyQuery']>[0];

function valueAt(snapshot: Snapshot, tokens: readonly string[]): Value {
  let value = snapshot.view as Record<string, unknown>;
  for (const token of tokens) value = value[token] as Record<string, unknown>;
  return value as Value;
}

function* texts(request: Request, snapshot: Snapshot, base: readonly string[], matches: Matches): Generator<string> {
  const isArray = request.style === 'array';
  let before = isArray ? '[' : '';
  for (const location of locations(matches, request.expression)) {
    yield before;
    const tokens = [...base, ...location.map(String)];
    if (request.paths) yield safe(isArray ? JSON.stringify(pointerOf(tokens)) : pointerOf(tokens));
    else yield* valueTexts(snapshot, tokens, request.style);
    before = isArray ? ',' : '\n';
  }
  if (isArray) yield before === '[' ? '[]\n' : ']\n';
  else if (before !== '') yield before;
}

function* valueTexts(snapshot: Snapshot, tokens: readonly string[], style: Request['style']): Generator<string> {
  const value = style === 'raw' ? snapshot.valueRef(tokens) && rawString(snapshot, tokens) : undefined;
  if (value !== undefined) yield value;
  else for (const { text } of jsonPieces(snapshot, tokens, style === 'pretty' || style === 'raw' ? 2 : 0)) yield text;
}

/** The string at `tokens`; undefined for another value, which is not made. */
function rawString(snapshot: Snapshot, tokens: readonly string[]): string | undefined {
  if (snapshot.size(tokens) > 0) return undefined;
  const value = snapshot.get(tokens);
  return typeof value === 'string' ? value : undefined;
}

function* locations(matches: Matches, expression: string): Generator<readonly (string | number)[]> {
  for (;;) {
    let next: ReturnType<Matches['next']>;
    try {
      next = matches.next();
    } catch (error) {
      throw faultOf(error, expression);
    }
    if (next.done) return;
    yield next.value.location;
  }
}

function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
