/** Looking at regions from outside: which there are. */
import { type ErrorCode, JsonMmapError } from '../errors.js';
import type { MmapSystem } from '../system/contract.js';
import { mmapSystem } from '../system/system.js';
import { newestCommit } from './control/commits.js';
import { closeControl, type OpenControl, openControl } from './control/control-file.js';
import { totalBytes } from './files/file-sizes.js';
import { directoryToRead, RegionPaths, regionNames } from './files/paths.js';
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
export function regions({ dir, owner }: RegionsOptions = {}): RegionInfo[] {
  const system = mmapSystem();
  const directory = directoryToRead(dir, owner);
  return regionNames(directory).flatMap((name) => describe(system, new RegionPaths(name, directory), owner) ?? []);
}

/** Undefined for a region that is just being removed. */
function describe(system: MmapSystem, paths: RegionPaths, owner: number | undefined): RegionInfo | undefined {
  let opened: OpenControl | undefined;
  try {
    opened = openControl(system, paths.control, 'read', owner);
    if (opened === undefined || opened.control.state.isRemoved()) return undefined;
    const commit = newestCommit(opened.control.ring);
    return {
      name: paths.name,
      path: paths.control,
      version: commit?.version ?? 0,
      committedAt: commit?.committedAt ?? 0,
      sizeBytes: totalBytes(paths),
      ...livingMaster(system, opened),
    };
  } catch (error) {
    if (error instanceof JsonMmapError) return undescribed(paths, error.code);
    throw error;
  } finally {
    if (opened !== undefined) closeControl(opened);
  }
}

function undescribed(paths: RegionPaths, error: ErrorCode): RegionInfo {
  return {
    name: paths.name,
    path: paths.control,
    version: 0,
    committedAt: 0,
    sizeBytes: totalBytes(paths),
    masterPid: undefined,
    masterElsewhere: false,
    masterAlive: false,
    masterSystem: undefined,
    error,
  };
}
