/** The built page: a few files that lie beside the program, read once. */
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, relative } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export class PageFiles {
  readonly #files = new Map<string, Buffer>();

  /** Reads the files of `directory`: only these are ever served. */
  constructor(directory: string) {
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      this.#files.set(`/${relative(directory, path).replaceAll('\\', '/')}`, readFileSync(path));
    }
  }

  /** Answers with a file; false where there is none of this name. */
  answer(pathname: string, response: ServerResponse): boolean {
    const name = pathname === '/' ? '/index.html' : pathname;
    const content = this.#files.get(name);
    if (content === undefined) return false;
    response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' });
    response.end(content);
    return true;
  }
}
