// What processes have executed of the bundles: the reports that Node has written, one for each process, as one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mergeProcessCovs } from '@bcoe/v8-coverage';

/** So many are held at once. */
const BATCH = 50;

/** Yields each file below `dist` that has run, with its text, its source map and V8's counts. */
export function* executedBy(folder, dist) {
  const within = pathToFileURL(dist).href;
  for (const { url, functions } of merged(folder, within)) {
    const path = fileURLToPath(url);
    const map = sourceMapOf(path);
    if (map !== undefined) yield { url, functions, code: readFileSync(path, 'utf8'), map };
  }
}

function merged(folder, within) {
  let all = { result: [] };
  const names = readdirSync(folder);
  while (names.length > 0) {
    const batch = names.splice(0, BATCH).flatMap((name) => reportOf(join(folder, name), within));
    all = mergeProcessCovs([all, ...batch]);
  }
  return all.result;
}

/** None for a report that a killed process left unfinished. */
function reportOf(path, within) {
  try {
    const { result } = JSON.parse(readFileSync(path, 'utf8'));
    return [{ result: result.filter(({ url }) => url.startsWith(within)) }];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Undefined for a file that only passes on what others export. */
function sourceMapOf(path) {
  try {
    const map = JSON.parse(readFileSync(`${path}.map`, 'utf8'));
    const sources = map.sources.map((source) => new URL(source, pathToFileURL(path)).href);
    return { ...map, sources };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
