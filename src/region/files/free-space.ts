import { statfsSync } from 'node:fs';

/** Returns how many bytes the file system of `directory` has left for us; Infinity where the system does not tell: then only the attempt shows it. */
export function freeBytesAt(directory: string): number {
  try {
    const { bavail, bsize, blocks } = statfsSync(directory);
    return blocks === 0 ? Infinity : bavail * bsize;
  } catch {
    return Infinity; // it was deleted by hand
  }
}
