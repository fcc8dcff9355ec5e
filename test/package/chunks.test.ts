/** What an import of the built package loads: nothing that the entry has no use for. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const dist = join(import.meta.dirname, '..', '..', 'dist');

/** Names of the chunks that a file loads at once, itself left out: `reading` of `reading-70Rg1l1u.js`. */
function chunksOf(file: string, seen = new Set<string>()): string[] {
  for (const [, esm, cjs] of readFileSync(file, 'utf8').matchAll(/(?:from|^import) "(\..*?)"|require\("(\..*?)"\)/gm)) {
    const path = join(dirname(file), esm ?? cjs);
    if (seen.has(path)) continue;
    seen.add(path);
    chunksOf(path, seen);
  }
  return [...seen].map((path) => path.replace(/^.*\/([a-z]+)-[^/]*$/, '$1')).sort();
}

describe.each(['js', 'cjs'])('an entry of the package, .%s', (extension) => {
  it.each([
    { entry: 'index', chunks: ['errors', 'mmap', 'reading', 'system', 'writing'] },
    { entry: 'follower/index', chunks: ['errors', 'reading', 'system'] },
    { entry: 'mmap/index', chunks: ['errors', 'mmap', 'system'] },
  ])('$entry loads $chunks', ({ entry, chunks }) => {
    expect(chunksOf(join(dist, `${entry}.${extension}`))).toEqual(chunks);
  });
});
