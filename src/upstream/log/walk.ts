/** Going through a log, entry by entry. */
import { JsonMmapError } from '../../errors.js';
import type { StoredEntry, UpstreamEngine } from '../contract.js';
import { behind } from '../errors.js';
import { decodeEntry, type Entry } from './entry.js';

/** An entry, or why what is stored there is none. */
export type Found =
  | { readonly sequence: number; readonly entry: Entry; readonly fault?: undefined }
  | { readonly sequence: number; readonly entry?: undefined; readonly fault: JsonMmapError };

/** Entries at a time: of the longest, 64 MiB. */
const BATCH = 64;

/**
 * Yields what is stored from `from` on up to the entry `last`, in batches; `surely` as `UpstreamEngine.read` does.
 * @throws `ERR_UPSTREAM` where a replica does not have `last` yet
 */
export async function* walk(
  engine: UpstreamEngine,
  from: number,
  last: number,
  surely: boolean,
): AsyncGenerator<Found[]> {
  let next = from;
  while (next <= last) {
    const stored = await engine.read(next, BATCH, surely);
    if (stored.length === 0)
      throw behind(`revision ${last} is the newest, and cannot be read yet: a replica is behind`);
    yield stored.filter(({ sequence }) => sequence <= last).map(foundIn);
    next = (stored.at(-1) as StoredEntry).sequence + 1;
  }
}

export function foundIn({ sequence, bytes }: StoredEntry): Found {
  try {
    return { sequence, entry: decodeEntry(sequence, bytes) };
  } catch (error) {
    if (error instanceof JsonMmapError) return { sequence, fault: error };
    throw error;
  }
}
