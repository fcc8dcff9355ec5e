// A document that describes itself. Each part carries the number of the write that made it and a checksum of its body; head and tail carry the
// version that wrote them and the digest of all parts. Whatever is mixed of two versions contradicts itself, or the digest that the
// master noted for the version before it published it.
//
//   { head: { stamp, version, digest }, parts: { <key>: { stamp, sum, body: [ … ] }, … }, tail: { stamp, version, digest } }
//
// Writes of several paths renew head and tail; writes of one path, which cannot, change or delete a part.
import { crc32 } from 'node:zlib';

/**
 * @typedef {{ stamp: number, sum: number, body: readonly unknown[] }} Part
 * @typedef {{ stamp: number, version: number, digest: number }} Seal
 * @typedef {{ head: Seal, parts: Record<string, Part>, tail: Seal }} Payload
 */

/** Returns a part that carries its checksum. @returns {Part} */
export function partOf(stamp, body) {
  return { stamp, sum: sumOf(stamp, body), body };
}

/** What is wrong with a part; undefined when nothing is. */
export function faultOfPart(key, part) {
  if (part?.sum === sumOf(part?.stamp, part?.body)) return undefined;
  return `the part ${JSON.stringify(key)} is torn: ${excerpt(part)}`;
}

/** Returns the digest of all parts, from their checksums: their order is part of it. */
export function digestOf(parts) {
  return crc32(
    Object.keys(parts).reduce(
      (text, key) => `${text}${JSON.stringify(key)}:${parts[key].stamp}:${parts[key].sum};`,
      '',
    ),
  );
}

/**
 * Looks at all of `document` as the one of `version`.
 * @returns {{ digest: number, fault: string | undefined }}
 */
export function examine(document, version) {
  const keys = Object.keys(document).join();
  if (keys !== 'head,parts,tail') return { digest: NaN, fault: `version ${version} has the keys ${keys}` };
  const { head, parts, tail } = document;
  const digest = digestOf(parts);
  const torn = Object.keys(parts).flatMap((key) => faultOfPart(key, parts[key]) ?? [])[0];
  return {
    digest,
    fault: torn === undefined ? faultOfSeals(head, tail, version, digest) : `version ${version}: ${torn}`,
  };
}

function faultOfSeals(head, tail, version, digest) {
  const [first, last] = [head, tail].map((seal) => JSON.stringify(seal));
  if (first !== last) return `version ${version} has the head ${first} and the tail ${last}`;
  if (head.version > version) return `version ${version} has a head of version ${head.version}`;
  if (head.version < version || head.digest === digest) return undefined;
  return `the parts of version ${version} have the digest ${digest}, its head says ${head.digest}`;
}

/** JSON text is what a document means, so the checksum is that of the text. */
function sumOf(stamp, body) {
  return crc32(JSON.stringify([stamp, body]));
}

function excerpt(part) {
  return String(JSON.stringify(part)).slice(0, 200);
}
