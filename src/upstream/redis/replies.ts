/** What Redis answers, which anybody with a connection may have written. */
import type { StoredEntry } from '../contract.js';

const ID = /^(\d{1,15})-0$/;

/** Returns the entries of a reply to XRANGE; others than ours are left out. */
export function storedIn(reply: unknown): StoredEntry[] {
  const entries: StoredEntry[] = [];
  for (const item of Array.isArray(reply) ? reply : []) {
    const [id, fields] = Array.isArray(item) ? item : [];
    const sequence = ID.exec(String(id))?.[1];
    const value = Array.isArray(fields) && String(fields[0]) === 'entry' ? fields[1] : undefined;
    if (sequence !== undefined && Buffer.isBuffer(value)) entries.push({ sequence: Number(sequence), bytes: value });
  }
  return entries;
}

/** Returns the number of the first entry of a reply, 0 where there is none. */
export function sequenceOf(reply: unknown): number {
  return storedIn(reply)[0]?.sequence ?? 0;
}
