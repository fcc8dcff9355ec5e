/** `jsonmmap --version`. */
import { readFileSync } from 'node:fs';
import { fail } from './failure.js';
import type { Io } from './io.js';

/** Prints which release this is. */
export async function printVersion(io: Io): Promise<void> {
  io.watchOutput((error) => process.exit(fail(io, error, false)));
  await io.print(version());
}

/** Returns the version in package.json, which lies at the same distance from the sources and from what is built of them. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
