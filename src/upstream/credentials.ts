/** Secrets for an upstream, from a file or the environment: a URL shows in `ps`, in logs and in shell histories. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { JsonMmapError } from '../errors.js';
import type { UpstreamAddress } from './address.js';

/** What an engine may need to be let in. Paths of files are relative to the file that names them. */
export interface Credentials {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** NATS: a token. HTTP: a bearer token. */
  readonly token?: string | undefined;
  /** NATS: the text of a `.creds` file, or the seed of an nkey. */
  readonly creds?: string | undefined;
  readonly nkey?: string | undefined;
  /** TLS, as PEM text: the authority that signs the server, and the certificate and key of this client. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

const WORDS = ['user', 'password', 'token', 'nkey'] as const;
const FILES = ['ca', 'cert', 'key', 'creds'] as const;

/** Names the file where no option does. */
export const CREDENTIALS_VARIABLE = 'JSONMMAP_CREDENTIALS';

/**
 * Returns the credentials in `file`, by default the one that `JSONMMAP_CREDENTIALS` names: a JSON object with `user`, `password`, `token` or `nkey`, and with
 * the paths of files as `ca`, `cert`, `key` and `creds`. A user and a password in the URL count where the file has none.
 * @throws `ERR_INVALID_ARG` for a file that cannot be read or holds anything else
 */
export function readCredentials(address: UpstreamAddress, file = process.env[CREDENTIALS_VARIABLE]): Credentials {
  const inUrl = { user: address.user, password: address.password };
  if (file === undefined || file === '') return inUrl;
  const found = parse(file);
  const unknown = Object.keys(found).find((word) => ![...WORDS, ...FILES].includes(word as never));
  if (unknown !== undefined) throw unusable(file, `${JSON.stringify(unknown)} is no credential`);
  const credentials: Record<string, string> = {};
  for (const [word, value] of Object.entries(found)) {
    if (typeof value !== 'string') throw unusable(file, `${word} must be a string`);
    const isPath = (FILES as readonly string[]).includes(word);
    credentials[word] = isPath ? textOf(resolve(dirname(file), value), file) : value;
  }
  return { ...inUrl, ...credentials };
}

function parse(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(textOf(file, file));
  } catch (error) {
    if (error instanceof JsonMmapError) throw error;
    throw unusable(file, 'it is no JSON'); // what the parser says quotes the secret
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unusable(file, 'it is no JSON object');
  return value as Record<string, unknown>;
}

function textOf(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(file, `could not read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function unusable(file: string, reason: string): JsonMmapError {
  return new JsonMmapError('ERR_INVALID_ARG', `the credentials in ${file} cannot be used: ${reason}`);
}
