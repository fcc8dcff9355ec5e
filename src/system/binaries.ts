/** Where the compiled addon can be: beside this package, or beside a bundle that contains this code. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The binaries of the package. Bundlers find assets by this form, a literal path beside `import.meta.url`, and some put another URL in its place. The path
 * holds from `src/mmap/`, `lib/mmap/` and `dist/chunks/` alike.
 */
const PACKAGED: Readonly<Record<string, () => URL>> = {
  'linux-x64': () => new URL('../../prebuilds/linux-x64/mmap.node', import.meta.url),
  'linux-arm64': () => new URL('../../prebuilds/linux-arm64/mmap.node', import.meta.url),
};

const platform = `${process.platform}-${process.arch}`;
const PREBUILT = join('prebuilds', platform, 'mmap.node');

/**
 * Returns the paths of binaries that exist, in the order in which to try them:
 *
 * 1. that of the package, or the asset that a bundler made of it;
 * 2. `prebuilds/` in the folder of the bundle, for bundlers that copy no assets;
 * 3. that of an installed package, for bundles that run beside `node_modules/`.
 */
export function* existingBinaries(): Generator<string> {
  const running = runningFile();
  const tries = [packaged, () => running && join(dirname(running), PREBUILT), () => running && installed(running)];
  for (const look of tries) {
    const path = look();
    if (path && isThere(path)) yield path;
  }
}

/** Node's permission model throws where it may not tell. */
function isThere(path: string): boolean {
  try {
    return existsSync(path);
  } catch {
    return false;
  }
}

/** Without `import.meta.url`, as in the CommonJS that esbuild makes, no literal path has a meaning. */
function packaged(): string | undefined {
  const url = import.meta.url ? PACKAGED[platform]?.() : undefined;
  return url?.protocol === 'file:' ? fileURLToPath(url) : undefined;
}

/**
 * In CommonJS `import.meta.url` can be empty, or a file of the machine that built the bundle. Whether this is CommonJS is tried: webpack answers
 * `typeof __filename` by itself, and wrongly.
 */
function runningFile(): string | undefined {
  try {
    return __filename;
  } catch {
    return import.meta.url?.startsWith('file:') ? fileURLToPath(import.meta.url) : undefined;
  }
}

function installed(running: string): string | undefined {
  try {
    // In a form that no bundler takes for a request to itself.
    const { createRequire } = process.getBuiltinModule('node:module');
    return join(dirname(createRequire(running).resolve('jsonmmap/package.json')), PREBUILT);
  } catch {
    return undefined; // no package is installed there
  }
}
