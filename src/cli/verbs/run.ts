/** `jsonmmap run`: a master that keeps files live for the followers it runs. */
import { isIP } from 'node:net';
import { basename, extname } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../../command-error.js';
import { JsonMmapError } from '../../errors.js';
import { namesOf } from '../../run/documents.js';
import type { RunLog } from '../../run/log.js';
import type { MetricsAddress } from '../../run/metrics-server.js';
import { type FollowerOutput, labelledOutput, rawOutput } from '../../run/output.js';
import { Run } from '../../run/run.js';
import type { RunEnd } from '../../run/supervisor.js';
import type { SourceFile } from '../../sources/files.js';
import { loadJsonSchema } from '../../sources/json-schema.js';
import { namedBy } from '../../sources/members.js';
import { checkName } from '../../system/directory.js';
import { isUpstreamUrl, parseUpstreamUrl } from '../../upstream/address.js';
import { dirOption, milliseconds, millisecondsAboveZero, positiveNumber, seconds, wholeNumber } from '../command.js';
import { forgottenDashes, wordsAround } from '../dashes.js';
import { type DocumentOptions, documentReadingOf, readingOf, readSource, readsDocument } from '../document.js';
import { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { failInJson, LOG_FORMATS, type LogFormat, runLog } from '../output/run-log.js';
import { count } from '../output/words.js';
import { runSignals } from '../processes/run-signals.js';
import { durabilityOption, fileMode, maxBytesOption } from '../region-settings.js';
import { isStandardInput } from '../standard-input.js';
import { CREDENTIALS_FLAG, CREDENTIALS_HELP, warnOfSecrets } from '../upstream.js';

interface Options extends DocumentOptions {
  readonly name?: string;
  readonly followers?: number;
  readonly dir?: string;
  readonly mode?: number;
  readonly history?: number;
  readonly maxBytes?: number;
  readonly durability?: 'none' | 'disk';
  readonly schema?: string;
  readonly attach?: boolean;
  readonly raw?: boolean;
  readonly control: boolean;
  readonly metrics?: MetricsAddress;
  readonly grace: number;
  readonly crashes: number;
  readonly logFormat: LogFormat;
  readonly credentials?: string;
  readonly lastGood?: string;
  readonly requireLive?: boolean;
  readonly trust?: string;
  readonly host?: string;
  readonly staleAfter?: number;
  readonly snapshotJitter?: number;
}

/** Each is a process, and all are started at once. */
const FOLLOWERS_MAX = 1000;
const GRACE_SECONDS = 5;
const CRASHES = 10;

export function register(program: Command, io: Io): void {
  const command = program
    .command('run')
    .summary('publish files, keep them current, run the processes that read them')
    .description(
      'Publish files as one document, publish it again whenever they change, and run the processes that read it. Later files are merged into earlier ones (RFC 7396: defaults < site < local).',
    )
    .usage('<file...> [options] [-- <command...>]')
    .argument(
      '<file...>',
      'a file in JSON, JSON with comments, JSON5, YAML or TOML; ?file if it may be missing; directory/ for the files in it; - for standard input; or the URL of an upstream',
    )
    .option('--name <name>', 'the region (default: the name of the first file)')
    .option(
      '-f, --followers <number>',
      'how many processes to run; 0 only publishes (default: 1 with a command)',
      followersNumber,
    )
    .option('--schema <file>', 'JSON Schema (draft-04 to 2020-12) that the document must pass')
    .option('--attach', 'take over the followers of a run that was killed')
    .option('--raw', 'pass the output of followers through unchanged')
    .addOption(
      new Option('--log-format <format>', 'format of the log, and of the output of followers')
        .choices(LOG_FORMATS)
        .default('text'),
    )
    .option(CREDENTIALS_FLAG, CREDENTIALS_HELP)
    .option('--last-good <directory>', 'keep the last good document of an upstream here, for a start without it')
    .option('--require-live', 'do not start while an upstream cannot be reached')
    .option(
      '--trust <file>',
      'ed25519 public keys (PEM): refuse entries of an upstream that none of these keys has signed',
    )
    .option('--host <name>', 'the name by which pin and canary know this host (default: its host name)')
    .addOption(
      new Option(
        '--stale-after <time>',
        'how old a proof that an upstream has nothing newer may be (default: 30s)',
      ).argParser(millisecondsAboveZero),
    )
    .addOption(
      new Option('--snapshot-jitter <time>', 'load a snapshot at a random time within this (default: 0)').argParser(
        milliseconds,
      ),
    )
    .option(
      '--metrics <address>',
      'serve /metrics for Prometheus and /health: a port of 127.0.0.1, or address:port',
      metricsAddress,
    )
    .option('--no-control', 'refuse writes of other processes')
    .addOption(
      new Option('--grace <time>', 'time that a follower has to exit')
        .argParser(seconds)
        .default(GRACE_SECONDS, `${GRACE_SECONDS} s`),
    )
    .addOption(
      new Option('--crashes <number>', 'give up after this many crashes in a row')
        .argParser(positiveNumber)
        .default(CRASHES),
    )
    .addOption(dirOption())
    .option('--mode <mode>', 'file mode of the region: 600 (default), 640 or 644', fileMode)
    .option('--history <versions>', 'how many versions stay readable (default: 1)', positiveNumber)
    .addOption(maxBytesOption())
    .addOption(durabilityOption())
    .addHelpText('after', HELP);
  readsDocument(command).action((_files: string[], options: Options) => run(io, command, options));
}

const HELP = `
Signals: SIGHUP reads the files again, SIGUSR2 restarts the followers one by one, SIGINT and SIGTERM end them and the run.
Followers find the region in $JSONMMAP_REGION and $JSONMMAP_DIR (Follower.open() without a name), and their number in $JSONMMAP_WORKER.

  jsonmmap run config.yaml --followers 4 -- node server.js
  jsonmmap run defaults.yaml site.toml local.json --name app --followers 0
  jsonmmap run defaults.yaml nats://h1,h2,h3/config/app --name app --last-good /var/lib/app -- node server.js`;

async function run(io: Io, command: Command, options: Options): Promise<void> {
  try {
    await publishAndRun(io, command, options);
  } catch (error) {
    if (options.logFormat !== 'json' || !(error instanceof JsonMmapError)) throw error;
    process.exitCode = failInJson(io, error);
  }
}

async function publishAndRun(io: Io, command: Command, options: Options): Promise<void> {
  const [named, words] = wordsAround(command, process.argv);
  if (!process.argv.includes('--')) checkNoProgram(command, process.argv);
  const files = named.filter((word) => !isUpstreamUrl(word));
  const upstreams = upstreamsIn(io, named);
  const sources = await Promise.all(files.map((file) => sourceOf(io, file, options)));
  const name = options.name ?? nameOf(named[0]);
  const followers = followersOf(options, words);
  const shown = [
    ...(files.length === 0 ? [] : [namesOf(sources)]),
    ...upstreams.map(({ url }) => parseUpstreamUrl(url).shown),
  ].join(' + ');
  const log = runLog(io, options.logFormat, 'the last good document stays');
  const signals = runSignals(log.note, options.grace);
  // Without followers nothing else keeps the process alive: a master holds none.
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    const session = await Run.start({
      name,
      dir: options.dir,
      mode: options.mode,
      history: options.history,
      maxBytes: options.maxBytes,
      durability: options.durability,
      files: sources,
      upstreams,
      upstream: {
        credentials: options.credentials,
        lastGood: options.lastGood,
        requireLive: options.requireLive ?? false,
        trust: options.trust,
        host: options.host,
        staleAfterMs: options.staleAfter,
        snapshotJitterMs: options.snapshotJitter,
      },
      schema: options.schema === undefined ? undefined : await loadJsonSchema(options.schema, readingOf(options)),
      control: options.control,
      followers,
      command: followers === 0 ? undefined : { file: words[0], args: words.slice(1), env: process.env },
      output: await outputOf(io, options, followers, log),
      graceMs: options.grace * 1000,
      crashesMax: options.crashes,
      attach: options.attach ?? false,
      metrics: options.metrics,
      log,
      signal: signals.stopped,
    });
    signals.reach(session);
    const { version } = session;
    log.note(
      `${name} version ${version} published from ${shown}${followers === 0 ? '' : `, ${count(followers, 'follower')}`}`,
      { event: 'published', region: name, version, followers },
    );
    const end = await session.done;
    process.exitCode = signals.exitCode ?? exitCodeOf(end);
  } catch (error) {
    if (signals.exitCode === undefined || error !== signals.stopped.reason) throw error;
    process.exitCode = signals.exitCode; // before there was anything to end
  } finally {
    clearInterval(alive);
    signals.release();
  }
}

async function outputOf(io: Io, options: Options, followers: number, log: RunLog): Promise<FollowerOutput> {
  if (options.raw || followers === 0) return rawOutput;
  const label = (worker: number): string => labelOf(io, worker, followers);
  return labelledOutput({ followers, format: options.logFormat, label, note: log.note });
}

/** @throws `ERR_INVALID_ARG` where a program stands among the files */
function checkNoProgram(command: Command, argv: readonly string[]): void {
  const forgotten = forgottenDashes(argv.slice(argv.indexOf('run', 2) + 1), command);
  if (forgotten === undefined) return;
  const { program, cure } = forgotten;
  throw new CommandError('ERR_INVALID_ARG', `${program} is no document to publish`, { cure });
}

async function sourceOf(io: Io, file: string, options: DocumentOptions): Promise<SourceFile> {
  const { format } = options;
  if (!isStandardInput(file)) return { ...namedBy(file), format, ...documentReadingOf(options) };
  const { name, bytes } = await readSource(io, file, options);
  return { name, format, bytes, ...documentReadingOf(options) };
}

/** @throws `ERR_INVALID_ARG` for a URL that names nothing, and for several without a file */
function upstreamsIn(io: Io, words: readonly string[]): { url: string; index: number }[] {
  const urls = words.map((url, index) => ({ url, index })).filter(({ url }) => isUpstreamUrl(url));
  for (const { url } of urls) warnOfSecrets(io, url);
  if (urls.length > 1 && urls.length === words.length)
    throw new CommandError('ERR_INVALID_ARG', 'several upstreams need a file to be merged with', {
      cure: "such as one that holds {}: echo '{}' | jsonmmap run - <url> <url> --name app",
    });
  return urls.map(({ url, index }, i) => ({ url, index: index - i }));
}

function nameOf(word: string): string {
  if (isUpstreamUrl(word)) return parseUpstreamUrl(word).document;
  if (!isStandardInput(word)) return regionNamedBy(namedBy(word).name);
  throw new CommandError('ERR_INVALID_ARG', 'a document from standard input has no name', {
    cure: 'give the region one with --name',
  });
}

/** @throws `ERR_INVALID_NAME` for a file whose name no region can have */
function regionNamedBy(file: string): string {
  const name = basename(file, extname(file));
  try {
    return checkName(name);
  } catch (cause) {
    throw new CommandError('ERR_INVALID_NAME', `a region cannot be named after ${file}: ${(cause as Error).message}`, {
      cause,
      cure: 'give the region a name with --name',
    });
  }
}

function followersOf({ followers }: Options, words: readonly string[]): number {
  const wanted = followers ?? (words.length === 0 ? 0 : 1);
  if (wanted > 0 && words.length === 0) {
    throw new CommandError('ERR_INVALID_ARG', `there is no command for ${wanted} followers`, {
      cure: 'name it behind --, or publish only with --followers 0',
    });
  }
  return wanted;
}

const LABEL_COLOURS = ['cyan', 'green', 'yellow', 'magenta', 'blue'] as const;

function labelOf(io: Io, worker: number, followers: number): string {
  const number = String(worker).padStart(String(followers).length);
  return `${io.paint(LABEL_COLOURS[(worker - 1) % LABEL_COLOURS.length], `[${number}]`)} `;
}

function exitCodeOf(end: RunEnd): ExitCode {
  return end === 'crashed' ? ExitCode.FAILURE : ExitCode.OK;
}

/** The value of `--metrics`: `9464`, `127.0.0.1:9464`, `[::1]:9464`. A name could come to mean another address. */
function metricsAddress(text: string): MetricsAddress {
  const [, host = '127.0.0.1', port] = /^(?:(localhost|[\d.]+|\[[\da-f:]+\]):)?(\d{1,5})$/i.exec(text) ?? [];
  const bare = host.replace(/^\[|\]$/g, '');
  if (port !== undefined && Number(port) <= 65535 && (bare === 'localhost' || isIP(bare) !== 0)) {
    return { host: bare, port: Number(port) };
  }
  throw new InvalidArgumentError('must be a port, or a numeric address and a port, such as 127.0.0.1:9464');
}

function followersNumber(text: string): number {
  const number = wholeNumber(text);
  if (number <= FOLLOWERS_MAX) return number;
  throw new InvalidArgumentError(`must be at most ${FOLLOWERS_MAX}`);
}
