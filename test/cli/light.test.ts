import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { dir, main } from './command.js';

const root = join(import.meta.dirname, '..', '..');

/** The files of this package and its dependencies that a Node process has loaded: V8 counts coverage for each, however it was loaded. */
function loadedBy(...args: string[]): string[] {
  const coverage = mkdtempSync(join(dir, 'coverage-'));
  execFileSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_V8_COVERAGE: coverage, JSONMMAP_DIR: dir },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const reports = readdirSync(coverage).map((name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')));
  const urls: string[] = reports.flatMap(({ result }) => result.map(({ url }: { url: string }) => url));
  return urls.filter((url) => url.startsWith('file:')).map((url) => url.slice('file://'.length));
}

/** The modules of `src/` among the files that were loaded, from their source maps. */
function modulesAmong(paths: readonly string[]): string[] {
  const bundled = paths.filter((path) => path.startsWith(join(root, 'dist')) && existsSync(`${path}.map`));
  const maps = bundled.map((path) => ({ path, map: JSON.parse(readFileSync(`${path}.map`, 'utf8')) }));
  return maps.flatMap(({ path, map }) =>
    map.sources.map((source: string) => relative(root, resolve(dirname(path), source))),
  );
}

function dependenciesAmong(paths: readonly string[]): string[] {
  const names = paths.flatMap((path) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(names)];
}

describe('what is loaded', () => {
  it('by a program that imports the package: neither the command line nor any dependency', () => {
    const loaded = loadedBy('--input-type=module', '--eval', "import 'jsonmmap'");
    expect(loaded.some((path) => path.endsWith('/dist/index.js'))).toBe(true);
    expect(modulesAmong(loaded)).toContain('src/master/master.ts');
    expect(modulesAmong(loaded).filter((path) => /^src\/(cli|sources|run)\//.test(path))).toEqual([]);
    expect(dependenciesAmong(loaded)).toEqual([]);
  });

  it('by a verb: its own module, and no parser that it does not need', () => {
    Master.open('light', { dir, initial: {} }).close();
    const loaded = loadedBy(main, 'get', 'light');
    expect(dependenciesAmong(loaded)).toEqual([]);
    expect(modulesAmong(loaded)).toContain('src/cli/verbs/get.ts');
    expect(modulesAmong(loaded).filter((path) => /^src\/cli\/(bench|run|export|watch)\.ts$/.test(path))).toEqual([]);
    expect(modulesAmong(loaded)).not.toContain('src/master/master.ts');
    expect(dependenciesAmong(loadedBy(main, 'export', 'light', '--format', 'yaml'))).toEqual(['yaml']);
    expect(dependenciesAmong(loadedBy(main, 'get', 'light', '--format', 'toml'))).toEqual(['smol-toml']);
    for (const verb of ['tree', 'sizes']) expect(dependenciesAmong(loadedBy(main, verb, 'light'))).toEqual([]);
    expect(dependenciesAmong(loadedBy(main, 'get', 'light', '--query', '$'))).toEqual(['json-p3']);
  });

  it('by --version: nothing that reads a region, and no parser of arguments', () => {
    const loaded = modulesAmong(loadedBy(main, '--version'));
    expect(loaded).toContain('src/cli/version.ts');
    expect(loaded.filter((path) => /commander|^src\/(follower|format|region)\/|program\.ts/.test(path))).toEqual([]);
  });

  it('by a program that only follows: nothing that writes', () => {
    const loaded = modulesAmong(loadedBy('--input-type=module', '--eval', "import 'jsonmmap/follower'"));
    expect(loaded).toContain('src/follower/follower.ts');
    expect(loaded.filter((path) => /^src\/(cli|master|mmap)\/|\/write\//.test(path))).toEqual([]);
  });
});
