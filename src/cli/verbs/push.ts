/** `jsonmmap push`: a file becomes the newest revision of a document that many hosts have. */
import { type Command, InvalidArgumentError } from 'commander';
import { loadJsonSchema } from '../../sources/json-schema.js';
import { push } from '../../upstream/push.js';
import { wholeNumber } from '../command.js';
import { type DocumentOptions, parseSource, readingOf, readSource, readsDocument } from '../document.js';
import type { Io } from '../io.js';
import { withProgress } from '../output/progress.js';
import { checkAgainst } from '../schema-check.js';
import {
  tellPushed,
  type UpstreamWriteOptions,
  upstreamUrl,
  withUpstream,
  writesUpstream,
  writingOf,
} from '../upstream.js';

interface Options extends UpstreamWriteOptions, DocumentOptions {
  readonly ifRevision?: number;
  readonly create: boolean;
  readonly retry?: number | true;
  readonly canary?: number;
  readonly schema?: string;
}

const RETRIES = 10;

export function register(program: Command, io: Io): void {
  const command = program
    .command('push')
    .summary('make a file the newest revision upstream')
    .description(
      'Make a file the newest revision of a document upstream, for all hosts that follow it. A bucket that does not exist is created. A patch is sent if it is smaller than the document.',
    )
    .argument('<url>', 'such as nats://host1,host2/bucket/document', upstreamUrl)
    .argument('[file]', 'the document; standard input if it is - or left out')
    .option('--if-revision <number>', 'only if this is the newest revision; 0: only if there is none', wholeNumber)
    .option(
      '--retry [times]',
      `if another writer was first, write again unless it changed the same values (default: ${RETRIES})`,
      wholeNumber,
    )
    .option('--canary <share>', 'only for a share of the hosts, such as 5%, until promote or rollback', share)
    .option('--schema <file>', 'a JSON Schema that the document must pass to be pushed')
    .option('--no-create', 'fail if the bucket does not exist');
  writesUpstream(readsDocument(command)).action((url: string, file: string | undefined, options: Options) =>
    run(io, url, file, options),
  );
}

async function run(io: Io, url: string, file: string | undefined, options: Options): Promise<void> {
  const source = await readSource(io, file, options);
  const { ifRevision, retry, canary, schema } = options;
  const pushed = await withProgress(io, source.bytes.length, async (progress) => {
    const value = await parseSource(source, progress);
    if (schema !== undefined) await checkAgainst(await loadJsonSchema(schema, readingOf(options)), value);
    progress.doing(`pushing to ${url}`);
    return withUpstream(io, url, options, async (engine) => {
      if (options.create) await engine.create();
      const retries = retry === true ? RETRIES : retry;
      return push(engine, value, { ...writingOf(options), ifRevision, retries, canary });
    });
  });
  await tellPushed(io, options, url, pushed);
}

function share(text: string): number {
  const number = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  const found = number === undefined ? Number.NaN : Number(number) / 100;
  if (found > 0 && found < 1) return found;
  throw new InvalidArgumentError('must be a share such as 5%');
}
