/** Settings of a region on the command line: those of its creation, and those of a master that stays. */
import { InvalidArgumentError, Option } from 'commander';
import { LEAST_MAX_BYTES } from '../region/options.js';
import { size } from './output/words.js';
import { bytesOf } from './quantities.js';

/** Settings for commands that create a region, or are its master for long. */
export interface RegionSettings {
  readonly mode?: number | undefined;
  readonly history?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly durability?: 'none' | 'disk' | undefined;
}

export const durabilityOption = (): Option =>
  new Option('--durability <what>', 'disk: a version survives power loss (default: as before, else none)').choices([
    'none',
    'disk',
  ]);

/** The value of an option that is the mode of a region's files. */
export function fileMode(text: string): number {
  if (/^(0o?)?6(00|40|44)$/.test(text)) return Number.parseInt(text.slice(-3), 8);
  throw new InvalidArgumentError('must be 600, 640 or 644: followers read, and nobody but the master writes');
}

/** The value of `--max-bytes`. */
export function maxBytes(text: string): number {
  const bytes = bytesOf(text);
  if (bytes === undefined) throw new InvalidArgumentError('must be a size such as 64MB, 1.5GiB or 1000000');
  if (bytes < LEAST_MAX_BYTES) throw new InvalidArgumentError(`must be at least ${size(LEAST_MAX_BYTES)}`);
  return bytes;
}

export const maxBytesOption = (): Option =>
  new Option('--max-bytes <size>', 'size limit of all files of the region, such as 64MB').argParser(maxBytes);
