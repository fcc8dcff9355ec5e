/** Which format a file has, by its name. */
import { basename, dirname, extname } from 'node:path';

export const FORMATS = ['json', 'jsonc', 'json5', 'yaml', 'toml'] as const;
export type Format = (typeof FORMATS)[number];

const EXTENSIONS: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.jsonc': 'jsonc',
  '.json5': 'json5',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.toml': 'toml',
  '.code-workspace': 'jsonc',
  '.code-snippets': 'jsonc',
};

/** Files that their own programs read as JSON with comments, in spite of their extension. */
const JSONC_NAMES = new Set(
  'tslint.json typedoc.json api-extractor.json babel.config.json devcontainer.json .devcontainer.json deno.json turbo.json wrangler.json bun.lock .babelrc .babelrc.json .eslintrc .eslintrc.json .jshintrc .jscsrc .hintrc .swcrc .oxlintrc.json .ember-cli'.split(
    ' ',
  ),
);
/** tsconfig.json, tsconfig.build.json, jsconfig-node.json. */
const TYPESCRIPT_NAME = /^[tj]sconfig(?:[.-].+)?\.json$/;
const EDITOR_DIRECTORIES = ['.vscode', '.vscode-server'];

/** Returns the format that the name of `file` implies; undefined if it implies none. */
export function formatOf(file: string): Format | undefined {
  const name = basename(file).toLowerCase();
  const extension = extname(name);
  const editors = extension === '.json' && EDITOR_DIRECTORIES.includes(basename(dirname(file)));
  if (JSONC_NAMES.has(name) || TYPESCRIPT_NAME.test(name) || editors) return 'jsonc';
  return EXTENSIONS[extension];
}
