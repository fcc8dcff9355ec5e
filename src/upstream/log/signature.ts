/** Signatures of entries and snapshots: ed25519 over an id, which is a hash over everything else. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { JsonMmapError } from '../../errors.js';
import { invalid } from '../errors.js';

const PEM = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g;

interface Signed {
  readonly id: string;
  readonly signature?: string | undefined;
}

/** Throws `ERR_UPSTREAM_INVALID` for `what` if none of the trusted keys has signed it. */
export type Trust = (what: string, signed: Signed) => void;

/** Returns the signature of an id. */
export type Sign = (id: string) => string;

/** Trusts everything, as agents without keys do. */
export const TRUST_ALL: Trust = () => {};

/** Returns what checks signatures against the public keys in `file`; without a file, everything passes. @throws `ERR_INVALID_ARG` */
export function trustIn(file: string | undefined): Trust {
  if (file === undefined) return TRUST_ALL;
  const keys = (read(file).match(PEM) ?? []).map((pem) => ed25519(file, () => createPublicKey(pem)));
  if (keys.length === 0) throw unusable(file, 'it has no public key in PEM form');
  return (what, { id, signature }) => {
    if (signature === undefined) throw invalid(what, 'it is not signed');
    const bytes = Buffer.from(signature, 'base64');
    if (!keys.some((key) => verify(null, Buffer.from(id), key, bytes)))
      throw invalid(what, 'it is not signed by a key that is trusted here');
  };
}

/** Whether `trust` accepts an entry. */
export function isTrusted(trust: Trust, entry: Signed & { readonly sequence: number }): boolean {
  try {
    trust(`entry ${entry.sequence}`, entry);
    return true;
  } catch {
    return false; // what it says is asked for where the entry is refused
  }
}

/** Returns what signs ids with the private key in `file`. @throws `ERR_INVALID_ARG` */
export function signerIn(file: string): Sign {
  const key = ed25519(file, () => createPrivateKey(read(file)));
  return (id) => sign(null, Buffer.from(id), key).toString('base64');
}

function ed25519(file: string, load: () => KeyObject): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = load();
  } catch {
    // what OpenSSL says of it helps nobody
  }
  if (key?.asymmetricKeyType !== 'ed25519')
    throw unusable(file, 'it has no ed25519 key in PEM form: openssl genpkey -algorithm ed25519');
  return key;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(file, (error as NodeJS.ErrnoException).code ?? 'it cannot be read');
  }
}

function unusable(file: string, reason: string): JsonMmapError {
  return new JsonMmapError('ERR_INVALID_ARG', `the key in ${file} cannot be used: ${reason}`);
}
