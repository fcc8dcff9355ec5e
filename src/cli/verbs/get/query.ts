/** What a query finds, printed. */
import type { Io } from '../../io.js';
import { foundBy } from '../../query/query.js';
import { checkDirectory, whereOf } from '../../region.js';
import type { Options } from '../get.js';
import { writeJson } from './values.js';

/** Prints what the query finds within the value at `pointer`: nothing where it finds nothing, and an empty array with --json. @throws `ERR_QUERY` */
export async function printFound(io: Io, name: string, pointer: string, options: Options): Promise<void> {
  const { query = '', json, raw, compact, paths = false, at, queryTimeout } = options;
  checkDirectory(options.dir);
  const style = json ? 'array' : raw ? 'raw' : compact ? 'lines' : 'pretty';
  const request = { name, where: whereOf(options), at, pointer, expression: query, paths, style } as const;
  for await (const text of foundBy(request, { timeoutMs: queryTimeout })) {
    await (raw || paths ? io.writeDocument(text) : writeJson(io, text, options));
  }
}
