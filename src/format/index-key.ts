/** Keys that are array indexes: JavaScript lists them first and in ascending order. */

/** Returns the array index that `token` writes without leading zeros, or -1. */
export function arrayIndex(token: string): number {
  const { length } = token;
  if (length === 0 || length > 10) return -1;
  const first = token.charCodeAt(0);
  if (first === 48) return length === 1 ? 0 : -1;
  let index = 0;
  for (let i = 0; i < length; i++) {
    const digit = token.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    index = index * 10 + digit;
  }
  // 2^32 - 2 is the last array index of ECMAScript (https://tc39.es/ecma262/#array-index).
  return index <= 4294967294 ? index : -1;
}
