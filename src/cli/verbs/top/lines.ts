/** `top` without a terminal: a block of lines, or one line of JSON, at each tick. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Io } from '../../io.js';
import { safe } from '../../output/safe.js';
import { localTime } from '../../output/words.js';
import { type SortKey, sorted } from './columns.js';
import { detailLines, factLines } from './details.js';
import { regionLines } from './frames.js';
import type { Watched } from './watched.js';

export interface LinesOptions {
  readonly name: string | undefined;
  readonly json: boolean;
  readonly sort: SortKey;
  readonly count: number;
}

/** Prints a tick, and then one each interval, until `signal` or `count` ends it. */
export async function printTicks(io: Io, watched: Watched, options: LinesOptions, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  for (let tick = 1; tick <= options.count && !signal.aborted; tick++) {
    if (options.json) await io.printJson(tickFor(watched, options));
    else await io.print(blockFor(io, watched, options, tick));
    const leftMs = began + tick * watched.intervalMs - performance.now();
    if (tick < options.count) await delay(Math.max(0, leftMs), undefined, { signal });
  }
}

function tickFor(watched: Watched, { name, sort }: LinesOptions): object {
  const { directory } = watched;
  const at = Date.now();
  return name === undefined
    ? { at, directory, regions: sorted(watched.rows(), sort, false) }
    : { at, directory, ...watched.details(name) };
}

function blockFor(io: Io, watched: Watched, { name, sort }: LinesOptions, tick: number): string {
  const { paint, width } = io;
  const title = paint('bold', `${localTime(Date.now())}  ${safe(name ?? watched.directory)}`);
  const lines = [...(tick > 1 ? [''] : []), title];
  if (name !== undefined) {
    const details = watched.details(name);
    const height = details.followers.length + details.changes.length + 6;
    return [...lines, ...factLines(details, io), ...detailLines(details, { paint, width, height })].join('\n');
  }
  const rows = sorted(watched.rows(), sort, false);
  const table = rows.length === 0 ? ['no regions'] : regionLines(rows, { sort, reversed: false }, { paint, width });
  return [...lines, ...table].join('\n');
}
