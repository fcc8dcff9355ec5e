/** Looking at regions from outside: which there are. */
import { type ErrorCode, JsonMmapError } from '../errors.js';
import type { MmapSystem } from '../system/contract.js';
import { mmapSystem } from '../system/system.js';
import { newestCommit } from './control/commits.js';
import type { Control } from './control/control.js';
import { closeControl, type OpenControl, openControl } from './control/control-file.js';
import { totalBytes } from './files/file-sizes.js';
import { directoryToRead, namesIn, RegionPaths, regionNames } from './files/paths.js';
import { livingMaster, type MasterState } from './mastership/liveness.js';

export interface RegionsOptions {
  /** Directory, default that of `regionDirectory`. */
  readonly dir?: string | undefined;
  /** User id whose files are trusted besides our own and root's; the default directory is his then. */
  readonly owner?: number | undefined;
}

/** A region as a list shows it. Where `error` is set, the rest but name and path is what can be known without it. */
export interface RegionInfo extends MasterState {
  readonly name: string;
  /** The control file. */
  readonly path: string;
  /** The newest version, 0 when there is none. */
  readonly version: number;
  /** Milliseconds since 1970, 0 when there is no version. */
  readonly committedAt: number;
  /** Bytes of all its files. */
  readonly sizeBytes: number;
  /** Why the region cannot be opened. */
  readonly error?: ErrorCode;
}

/**
 * Returns the regions in a directory, sorted by name. A few system calls for each; damaged and foreign ones are listed with their error.
 * @throws `ERR_DIRECTORY`, `ERR_REGION_DENIED`, `ERR_SYSTEM`
 */
export function regions(options: RegionsOptions = {}): RegionInfo[] {
  return lookAtRegions(options, (region) => region);
}

/**
 * Returns what `look` makes of each region that `regions` would return, or of the one called `name`. It is called while the control file is
 * open, or without one where there is an error.
 * @throws what `regions` throws
 */
export function lookAtRegions<R>(
  { dir, owner, name: only }: RegionsOptions & { readonly name?: string | undefined },
  look: (region: RegionInfo, control: Control | undefined) => R,
): R[] {
  const system = mmapSystem();
  const directory = directoryToRead(dir, owner);
  const sorted = namesIn(directory).sort();
  return regionNames(sorted).flatMap((name) => {
    if (only !== undefined && name !== only) return [];
    const names = startingWith(`${name}.`, sorted);
    const paths = new RegionPaths(name, directory);
    let looked: R | undefined;
    const describe = (opened: OpenControl): void => {
      looked = look(described(system, paths, names, opened), opened.control);
    };
    const error = withControl(system, paths.control, owner, describe);
    if (error !== undefined) looked = look(undescribed(paths, names, error), undefined);
    return looked === undefined ? [] : [looked];
  });
}

/** Returns those of `sorted` that start with `prefix`: many regions in one directory do not each go through the files of all others. */
function startingWith(prefix: string, sorted: readonly string[]): string[] {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < prefix) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < sorted.length && sorted[end].startsWith(prefix)) end++;
  return sorted.slice(low, end);
}

/** Calls `body` while a control file is open, unless its region is just being removed. Returns what makes that impossible. */
function withControl(
  system: MmapSystem,
  path: string,
  owner: number | undefined,
  body: (opened: OpenControl) => void,
): ErrorCode | undefined {
  let opened: OpenControl | undefined;
  try {
    opened = openControl(system, path, 'read', owner);
    if (opened !== undefined && !opened.control.state.isRemoved()) body(opened);
    return undefined;
  } catch (error) {
    if (error instanceof JsonMmapError) return error.code;
    throw error;
  } finally {
    if (opened !== undefined) closeControl(opened);
  }
}

function described(system: MmapSystem, paths: RegionPaths, names: readonly string[], opened: OpenControl): RegionInfo {
  const commit = newestCommit(opened.control.ring);
  return {
    name: paths.name,
    path: paths.control,
    version: commit?.version ?? 0,
    committedAt: commit?.committedAt ?? 0,
    sizeBytes: totalBytes(paths, names),
    ...livingMaster(system, opened),
  };
}

function undescribed(paths: RegionPaths, names: readonly string[], error: ErrorCode): RegionInfo {
  return {
    name: paths.name,
    path: paths.control,
    version: 0,
    committedAt: 0,
    sizeBytes: totalBytes(paths, names),
    masterPid: undefined,
    masterElsewhere: false,
    masterAlive: false,
    masterSystem: undefined,
    error,
  };
}
