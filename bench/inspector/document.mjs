// The document that the page shows: 60,000 users in one object, about 20 MB of JSON.
import { keyOf, makeDictionary } from '../documents/dictionary.mjs';

export const USERS = 60_000;
export const REGION = 'users';

/** Returns the pointer of the value that update `turn` changes: all over the object, none twice in a row. */
export function pathOf(turn) {
  return ['users', keyOf((turn * 7919) % USERS), 'score'];
}

export function makeDocument() {
  const { meta, users } = makeDictionary();
  const some = Array.from({ length: USERS }, (_, i) => [keyOf(i), users[keyOf(i)]]);
  return { meta: { ...meta, entries: USERS }, users: Object.fromEntries(some) };
}
