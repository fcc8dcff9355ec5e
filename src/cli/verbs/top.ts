/** `jsonmmap top`: regions while they live. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type JsonOption, positiveNumber, reads, seconds, type Where } from '../command.js';
import type { Io } from '../io.js';
import { untilSignal } from '../processes/signals.js';
import { checkDirectory, openFollower } from '../region.js';
import { SORT_KEYS, type SortKey } from './top/columns.js';
import { printTicks } from './top/lines.js';
import { showLive } from './top/live.js';
import { FIRST_VIEW } from './top/view.js';
import { Watched } from './top/watched.js';

interface Options extends Where, JsonOption {
  /** Seconds. */
  readonly interval: number;
  readonly count?: number;
  readonly sort: SortKey;
}

const INTERVAL_MIN_MS = 100;

export function register(program: Command, io: Io): void {
  const command = program
    .command('top')
    .summary('show the regions live')
    .description(
      'Show the regions of a directory live: how fast each changes, its size, its master, and who follows it. With a name, or Enter on a row: the followers and the last changes of one region.',
    )
    .argument('[name]', 'the region to begin with (default: all regions)')
    .option('--interval <time>', 'time between two looks', interval, 1)
    .option('-n, --count <number>', 'stop after this many looks', positiveNumber)
    .addOption(new Option('--sort <column>', 'sort the table by this').choices(SORT_KEYS).default('name'));
  reads(command).action((name: string | undefined, options: Options) =>
    untilSignal((signal) => run(io, name, options, signal)),
  );
}

async function run(io: Io, name: string | undefined, options: Options, signal: AbortSignal): Promise<void> {
  checkDirectory(options.dir);
  if (name !== undefined) openFollower(name, options).close(); // a name that is misspelt is told here
  const { json = false, sort, count = Infinity } = options;
  const watched = new Watched(options, Math.round(options.interval * 1000));
  const isScreen = io.out.isTTY && io.env.TERM !== 'dumb' && !json;
  if (isScreen) await showLive(io, watched, { ...FIRST_VIEW, sort, open: name, selected: name }, count, signal);
  else await printTicks(io, watched, { name, json, sort, count }, signal);
}

/** The value of `--interval`, in seconds. */
function interval(text: string): number {
  const time = seconds(text);
  if (time * 1000 >= INTERVAL_MIN_MS) return time;
  throw new InvalidArgumentError(`must be at least ${INTERVAL_MIN_MS}ms`);
}
