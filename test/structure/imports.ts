/** What every module of `src/` imports, as its source says: static, dynamic and type imports, `require`, and worker files. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { parseSync } from 'rolldown/utils';

export const ROOT = join(import.meta.dirname, '..', '..');
const SRC = join(ROOT, 'src');

export interface Import {
  /** The importing module, its path below `src/`. */
  readonly from: string;
  /** A module, its path below `src/`; a module of Node, `node:fs`; or the name of a package. */
  readonly to: string;
  /** Whether loading `from` loads `to`: not so for types, and for what the code loads when it needs it. */
  readonly eager: boolean;
}

/** The path of every module below `src/`. */
export const modules = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'));

/** Returns the source of a module without its comments. */
export function codeOf(module: string): string {
  const text = readFileSync(join(SRC, module), 'utf8');
  const { comments } = parseSync(module, text);
  return comments.reduceRight((code, { start, end }) => code.slice(0, start) + code.slice(end), text);
}

/** Returns the imports of `module`, whose source is `code`. */
export function importsIn(module: string, code: string): Import[] {
  const { staticImports, staticExports } = parseSync(module, code).module;
  const imported = staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    eager: entries.length === 0 || entries.some(({ isType }) => !isType),
  }));
  const exported = staticExports
    .flatMap(({ entries }) => entries)
    .flatMap(({ moduleRequest, isType }) =>
      moduleRequest ? [{ specifier: moduleRequest.value, eager: !isType }] : [],
    );
  const called = [...code.matchAll(CALL)].map(([, specifier]) => ({ specifier, eager: false }));
  return [...imported, ...exported, ...called].map(({ specifier, eager }) => ({
    from: module,
    to: target(module, specifier),
    eager,
  }));
}

/** `import('./run.js')`, `typeof import('yaml')`, `require('yaml')`, `createRequire(import.meta.url)('bytes')`, `new URL('./relay.js', …)`. */
const CALL = /(?:\bimport|\brequire|\bcreateRequire\(import\.meta\.url\)|\bnew URL)\(\s*'([^']+)'/g;

function target(module: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    const path = relative(SRC, join(SRC, dirname(module), specifier));
    const built = path.split(sep).join('/');
    const sources = ['.ts', '.tsx'].map((extension) => built.replace(/\.js$/, extension));
    return sources.find((source) => modules.includes(source)) ?? sources[0];
  }
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
