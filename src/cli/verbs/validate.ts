/** `jsonmmap validate`: whether files hold a document that could be published. */
import { rmSync } from 'node:fs';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Command } from 'commander';
import { pointerOf } from '../../format/pointer.js';
import { Master } from '../../master/master.js';
import { makeTemporaryDirectory } from '../../run/temporary-directory.js';
import { loadJsonSchema } from '../../sources/json-schema.js';
import { type Locate, locator } from '../../sources/locate.js';
import type { Position } from '../../sources/position.js';
import { type JsonOption, jsonOption } from '../command.js';
import { readingOf, readsDocument, type Source } from '../document.js';
import { bytesIn, type CheckedDocumentOptions, namesIn, parseSources, readSources } from '../documents.js';
import { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { withProgress } from '../output/progress.js';
import { safe } from '../output/safe.js';
import { count, size } from '../output/words.js';
import { maxBytesOption } from '../region-settings.js';

interface Options extends CheckedDocumentOptions, JsonOption {
  readonly maxBytes?: number;
}

/** What a schema says of one value, and which file has it. */
interface Issue extends Partial<Position> {
  /** A JSON pointer. */
  readonly path: string;
  readonly message: string;
  /** Undefined where none of the files has a value there, or its format does not tell. */
  readonly file?: string;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('validate')
    .summary('check files before they are published')
    .description(
      'Read files as publish does, check the document that they make against a JSON Schema and the limits of a region, and publish nothing. The exit code is 6 if it does not pass.',
    )
    .argument('[file...]', 'the document, later files merged into earlier ones; standard input if it is - or left out')
    .option('--schema <file>', 'JSON Schema (draft-04 to 2020-12) that the document must pass')
    .addOption(maxBytesOption());
  readsDocument(command)
    .addOption(jsonOption())
    .action((files: string[], options: Options) => run(io, files, options));
}

async function run(io: Io, files: readonly string[], options: Options): Promise<void> {
  const sources = await readSources(io, files, options);
  const { schema } = options;
  const { issues, sizeBytes } = await withProgress(io, bytesIn(sources), async (progress) => {
    const value = await parseSources(sources, progress);
    progress.doing(`checking ${namesIn(sources)}`);
    const found = schema === undefined ? [] : await issuesOf(await loadJsonSchema(schema, readingOf(options)), value);
    return { issues: placed(found, sources), sizeBytes: found.length > 0 ? undefined : sizeInRegion(value, options) };
  });
  if (issues.length > 0) process.exitCode = ExitCode.REFUSED;
  const names = sources.map(({ name }) => name);
  if (options.json) await io.printJson({ valid: issues.length === 0, files: names, schema, sizeBytes, issues });
  else await io.print([...issues.map((issue) => line(io, issue)), summary(io, names, issues, sizeBytes)].join('\n'));
}

interface Found {
  readonly tokens: readonly string[];
  readonly message: string;
}

async function issuesOf(schema: StandardSchemaV1, value: unknown): Promise<Found[]> {
  const { issues = [] } = await schema['~standard'].validate(value);
  return issues.map(({ path = [], message }) => ({
    tokens: path.map((token) => String(typeof token === 'object' ? token.key : token)),
    message,
  }));
}

/** The last layer that has a value at a path is the one that the document has it from. The texts are read again only where there is something to say. */
function placed(found: readonly Found[], sources: readonly Source[]): Issue[] {
  if (found.length === 0) return [];
  const layers = sources.map(({ name, bytes, format }) => ({ name, locate: locator(bytes, format) })).reverse();
  return found.map(({ tokens, message }) => ({ path: pointerOf(tokens), message, ...placeOf(tokens, layers) }));
}

function placeOf(
  tokens: readonly string[],
  layers: readonly { readonly name: string; readonly locate: Locate }[],
): Partial<Issue> | undefined {
  for (const { name, locate } of layers) {
    const position = locate(tokens);
    if (position !== undefined) return { file: name, ...position };
  }
  return undefined;
}

/** Returns the bytes that the document takes in a region, by putting it into one for the moment. @throws `ERR_TOO_LARGE`, and what no region can hold */
function sizeInRegion(document: unknown, { maxBytes }: Options): number {
  const dir = makeTemporaryDirectory();
  try {
    const master = Master.open('validate', { dir, document, maxBytes });
    try {
      return master.status().usedBytes;
    } finally {
      master.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** As compilers and linters say it, so that editors find the place. */
function line({ paint }: Io, { file, line: row, column, path, message }: Issue): string {
  const place = file === undefined ? '' : `${safe(`${file}:${row}:${column}`)}: `;
  return `${paint('bold', place)}${safe(path) || '(document)'} ${paint('red', safe(message))}`;
}

function summary({ paint }: Io, names: readonly string[], issues: readonly Issue[], sizeBytes = 0): string {
  const shown = paint('bold', safe(names.join(' + ')));
  if (issues.length > 0) return `${paint('red', '✗')} ${shown}  ${count(issues.length, 'problem')}`;
  return `${paint('green', '✓')} ${shown}  valid: ${size(sizeBytes)} in a region`;
}
