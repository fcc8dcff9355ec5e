/** Appending to a log so that one writer wins, and every writer knows whether it was this one. */
import { setTimeout as delay } from 'node:timers/promises';
import { JsonMmapError } from '../../errors.js';
import type { UpstreamEngine } from '../contract.js';
import { type EntryHeader, encodeEntry, type NewEntry, newHeader, sha256 } from './entry.js';
import type { Position } from './position.js';
import type { Sign } from './signature.js';
import { foundIn } from './walk.js';

/** How often a writer that got no answer looks whether its entry is there, and waits in between. */
const LOOKS = 20;
const LOOK_EVERY_MS = 250;

export interface AppendOptions {
  /** Sequence of what is stored last. */
  readonly after: number;
  /** Returns the signature of an id. */
  readonly sign?: Sign | undefined;
}

/**
 * Appends an entry with the operations `value`, and returns its position. What is longer than an entry may be goes as a blob before.
 * @throws `ERR_UPSTREAM_CONFLICT` where another writer was first; `ERR_TOO_LARGE`; `ERR_UNANSWERED` where it could not be found out whether it is done
 */
export async function appendEntry(
  engine: UpstreamEngine,
  entry: NewEntry,
  value: unknown,
  { after, sign }: AppendOptions,
): Promise<Position> {
  const text = Buffer.from(JSON.stringify(value));
  const [header, bytes] = await encoded(engine, entry, text, sign);
  const sequence = await appendOnce(engine, header, bytes, after);
  return { sequence, id: header.id };
}

async function encoded(
  engine: UpstreamEngine,
  entry: NewEntry,
  text: Uint8Array,
  sign: AppendOptions['sign'],
): Promise<[EntryHeader, Uint8Array]> {
  const signed = (header: EntryHeader): EntryHeader =>
    sign === undefined ? header : { ...header, signature: sign(header.id) };
  const inline = signed(newHeader(entry, text));
  const bytes = encodeEntry(inline, text);
  if (bytes.length <= engine.limits.entryBytes) return [inline, bytes];
  if (text.length > engine.limits.blobBytes)
    throw new JsonMmapError(
      'ERR_TOO_LARGE',
      `the entry takes ${text.length} bytes, and the upstream takes ${engine.limits.blobBytes} at most`,
    );
  const blob = `ops-${sha256(inline.id)}`;
  await engine.putBlob(blob, text);
  const pointer = signed(newHeader(entry, text, blob));
  return [pointer, encodeEntry(pointer)];
}

/** A writer that was not answered does not know: it looks for its own entry, and appends again where nobody did. */
async function appendOnce(
  engine: UpstreamEngine,
  { id }: EntryHeader,
  bytes: Uint8Array,
  after: number,
): Promise<number> {
  let unanswered: unknown;
  for (let look = 0; look < LOOKS; look++) {
    try {
      if (unanswered !== undefined) {
        const [stored] = await engine.read(after + 1, 1, true);
        if (stored !== undefined && foundIn(stored).entry?.id === id) return stored.sequence;
      }
      return await engine.append(bytes, { after, id });
    } catch (error) {
      const { code } = error as JsonMmapError;
      if (code === 'ERR_UPSTREAM_CONFLICT') {
        const found = await isOwn(engine, id, after);
        if (found !== undefined) return found.isOurs ? found.sequence : raise(error);
      } else if (code !== 'ERR_UNANSWERED' && unanswered === undefined) throw error;
      unanswered ??= error;
      await delay(LOOK_EVERY_MS);
    }
  }
  throw unanswered;
}

/**
 * A conflict with ourselves is none: the first append was done, and its answer was lost. Of two entries behind the same one, the first is
 * the one of the log. Undefined where nothing is there any more.
 */
async function isOwn(
  engine: UpstreamEngine,
  id: string,
  after: number,
): Promise<{ isOurs: boolean; sequence: number } | undefined> {
  const [first] = await engine.read(after + 1, 1, true);
  return first && { isOurs: foundIn(first).entry?.id === id, sequence: first.sequence };
}

function raise(error: unknown): never {
  throw error;
}
