/** Going through a log, entry by entry. */
import { JsonMmapError } from '../../errors.js';
import type { StoredEntry, UpstreamEngine } from '../contract.js';
import { decodeEntry, type Entry } from './entry.js';
import { isAt, type Position, relation } from './position.js';

/** An entry, or why what is stored there is none. */
export type Found =
  | { readonly sequence: number; readonly entry: Entry; readonly fault?: undefined }
  | { readonly sequence: number; readonly entry?: undefined; readonly fault: JsonMmapError };

/** Entries at a time: of the longest, 64 MiB. */
const BATCH = 64;

/** Yields what is stored from `from` on up to the entry `last`, in batches. @throws `ERR_UPSTREAM` where a replica does not have `last` yet */
export async function* walk(engine: UpstreamEngine, from: number, last: number): AsyncGenerator<Found[]> {
  let next = from;
  while (next <= last) {
    const stored = await engine.read(next, BATCH);
    if (stored.length === 0)
      throw new JsonMmapError(
        'ERR_UPSTREAM',
        `revision ${last} is the newest, and cannot be read yet: a replica is behind`,
      );
    yield stored.filter(({ sequence }) => sequence <= last).map(foundIn);
    next = (stored.at(-1) as StoredEntry).sequence + 1;
  }
}

/** Entries that can follow the same one: more writers than anybody has at the same moment. */
const BEATEN_MAX = 8;

/**
 * Returns the entry at `position`, `next` where the log begins with what follows it, or the oldest entry from there on that is neither. Undefined where there is none.
 * @throws `ERR_UPSTREAM`
 */
export async function whereIs(
  engine: UpstreamEngine,
  position: Position,
): Promise<{ readonly is: 'there' | 'next' | 'other'; readonly found: Found } | undefined> {
  const [oldest, ...behind] = (await engine.read(position.sequence, BEATEN_MAX)).map(foundIn);
  if (oldest === undefined) return undefined;
  const { sequence, entry } = oldest;
  if (sequence === position.sequence)
    return { is: entry !== undefined && isAt(position, entry.id) ? 'there' : 'other', found: oldest };
  const isNext = [oldest, ...behind].some(({ entry }) => entry !== undefined && relation(position, entry) === 'next');
  return { is: isNext ? 'next' : 'other', found: oldest };
}

export function foundIn({ sequence, bytes }: StoredEntry): Found {
  try {
    return { sequence, entry: decodeEntry(sequence, bytes) };
  } catch (error) {
    if (error instanceof JsonMmapError) return { sequence, fault: error };
    throw error;
  }
}
