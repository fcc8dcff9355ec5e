/** What this process has mapped, as the kernel lists it. */
import { existsSync, readFileSync } from 'node:fs';

export const noProc = existsSync('/proc/self/maps') ? '' : ' (skipped: there is no /proc)';

/** Returns the segment files under `dir` that this process has mapped, removed ones too, each once. */
export function mappedSegments(dir: string): string[] {
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\n');
  const paths = lines
    .filter((line) => line.includes(dir) && line.includes('.seg'))
    .map((line) => line.slice(line.indexOf('/')));
  return [...new Set(paths)];
}
