// Declarations of the library, for `import` and for `require`. A compiler takes the format of a module from the name of its file: one file
// for both would make every CommonJS program believe that it requires an ES module.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Copies `entries` and the declarations that they import from `from` to `to`, as `.d.ts` and as `.d.cts`. */
export function writeDeclarations(from, to, entries) {
  const reached = new Set(entries);
  for (const path of reached) {
    const text = readFileSync(join(from, path), 'utf8');
    for (const imported of importsOf(text)) reached.add(join(dirname(path), imported.replace(/\.js$/, '.d.ts')));
    const declarations = entries.includes(path) ? NODE_TYPES + text : text;
    write(join(to, path), declarations);
    write(join(to, path.replace(/\.d\.ts$/, '.d.cts')), declarations.replace(RELATIVE, '$1.cjs$2'));
  }
}

/** TypeScript 6 and newer load no types by default. Without those of Node, `on` does not exist, for instance, and nothing says why. */
const NODE_TYPES = '/// <reference types="node" />\n';

/** The specifier of an import or an export, or of a type in place: `from './a.js'`, `import("./a.js")`. */
const RELATIVE = /((?:from\s+|import\s*\(?\s*)['"]\.{1,2}\/[^'"]*)\.js(['"])/g;

function importsOf(text) {
  return [...text.matchAll(RELATIVE)].map(([specifier]) => /['"](.*)['"]/.exec(specifier)[1]);
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
