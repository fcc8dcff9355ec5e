/** Search, whose answer comes line by line while the server still looks. */
import type { SearchLine } from '../../api.js';
import { type RegionClient, RequestError } from './request.js';

/** Yields hits as they are found, and the end. @throws `RequestError`, and an `AbortError` when the signal says so */
export async function* search(
  client: RegionClient,
  path: string,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<SearchLine> {
  const response = await fetch(client.searchUrl(path, text), { signal });
  if (!response.ok || response.body === null) {
    throw new RequestError(await response.json());
  }
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as SearchLine;
  }
}
