/** Whether a position belongs to a log, and why an entry does not follow from one. */
import type { JsonMmapError } from '../../errors.js';
import type { StoredEntry, UpstreamEngine } from '../contract.js';
import { behind } from '../errors.js';
import type { Entry } from './entry.js';
import { isAt, isBeaten, type Position, relation } from './position.js';
import { type Found, foundIn } from './walk.js';

/** Entries that can follow the same one: more writers than anybody has at the same moment. */
const BEATEN_MAX = 8;

/** Where a position is in a log: its entry is there; the log begins with what follows it; or neither. `found` is the oldest entry from there on. */
interface Place {
  readonly is: 'there' | 'next' | 'other';
  readonly found: Found;
}

/**
 * Finds the place of `position`, undefined where nothing is from there on. Only the server that orders the writes can say that the entry is not there.
 * @throws `ERR_UPSTREAM`
 */
export async function whereIs(engine: UpstreamEngine, position: Position): Promise<Place | undefined> {
  const place = placeAmong(await engine.read(position.sequence, BEATEN_MAX), position);
  return place?.is === 'there' ? place : placeAmong(await engine.read(position.sequence, BEATEN_MAX, true), position);
}

function placeAmong(stored: readonly StoredEntry[], position: Position): Place | undefined {
  const [found, ...behind] = stored.map(foundIn);
  if (found === undefined) return undefined;
  const { sequence, entry } = found;
  if (sequence === position.sequence)
    return { is: entry !== undefined && isAt(position, entry.id) ? 'there' : 'other', found };
  const isNext = [found, ...behind].some(({ entry }) => entry !== undefined && relation(position, entry) === 'next');
  return { is: isNext ? 'next' : 'other', found };
}

/**
 * Says why `entry`, which was read behind `position`, does not follow from it: it has lost against the entry there, or it is a stranger to
 * the log. `from` is where the reader went on.
 * @throws `ERR_UPSTREAM` where the reader did not read what is there: what is between was trimmed meanwhile, or replicas that are not alike have answered
 */
export async function whyApart(
  engine: UpstreamEngine,
  position: Position,
  entry: Entry,
  from: number,
): Promise<'beaten' | 'stranger'> {
  const [stored] = position.sequence === 0 ? [] : await engine.read(position.sequence, 1, true);
  const at = stored && foundIn(stored);
  if (position.sequence > 0 && (at?.sequence !== position.sequence || at.entry === undefined))
    throw incomplete(entry, `revision ${position.sequence} is no longer in the log`);
  if (at?.entry !== undefined && isBeaten(position, at.entry, entry)) return 'beaten';
  const [next] = await engine.read(from, 1, true);
  const following = next && foundIn(next).entry;
  if (following !== undefined && following.id !== entry.id && relation(position, following) === 'next')
    throw incomplete(entry, `revision ${following.sequence} before it was not read`);
  return 'stranger';
}

function incomplete({ sequence }: Entry, reason: string): JsonMmapError {
  return behind(`the log up to revision ${sequence} was not read as a whole: ${reason}`);
}
