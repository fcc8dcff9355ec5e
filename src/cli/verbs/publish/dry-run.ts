/** `publish --dry-run`: says what a publication would do, and writes nothing, not even an empty region. */
import { JsonMmapError } from '../../../errors.js';
import type { JsonPatch } from '../../../format/compare/json-patch.js';
import { conflict, locked } from '../../../region/errors.js';
import { directoryToRead, RegionPaths } from '../../../region/files/paths.js';
import { RegionReader } from '../../../region/reader.js';
import { findSocket } from '../../../write-requests/socket-file.js';
import { compared } from '../../comparison.js';
import type { Io } from '../../io.js';
import { changeLines } from '../../output/changes-text.js';
import { openFollower } from '../../region.js';
import { takesNoRequests, type WriteOptions } from '../../write.js';

interface Standing {
  /** 0 where there is no document. */
  readonly version: number;
  /** Whether a living master would do the write. */
  readonly byMaster: boolean;
}

/**
 * Prints the changes that `value` would make, and the version that they would have. O(size of both documents). The schema and the size
 * limit of a running master are not asked.
 * @throws `ERR_CONFLICT` for another version than `--if-version`, `ERR_REGION_LOCKED` for a master that takes no requests: what the
 *   publication itself would end in
 */
export async function rehearse(io: Io, name: string, options: WriteOptions, value: unknown): Promise<void> {
  const { ifVersion } = options;
  const standing = standingOf(name, options);
  if (ifVersion !== undefined && ifVersion !== standing.version) throw conflict(ifVersion, standing.version);
  const { patch, lines } = standing.version === 0 ? allOf(value) : changesOf(io, name, options, value);
  const previousVersion = standing.version;
  const changed = patch.length > 0;
  const version = previousVersion + (changed ? 1 : 0);
  if (options.json) {
    await io.printJson({
      name,
      version,
      previousVersion,
      changed,
      byMaster: standing.byMaster,
      dryRun: true,
      patch,
    });
    return;
  }
  const what = !changed ? 'unchanged' : previousVersion === 0 ? 'new' : `after ${previousVersion}`;
  const remark = `${what}${standing.byMaster ? ', by its master' : ''}; dry run: nothing was written`;
  const summary = `${io.paint('bold', name)}  version ${version}  ${io.paint('dim', remark)}`;
  await io.print(lines === '' ? summary : `${lines}\n${summary}`);
}

/** A region that is not there has neither a version nor a master. */
function standingOf(name: string, { dir, wait }: WriteOptions): Standing {
  let reader: RegionReader;
  try {
    reader = RegionReader.open(name, { dir });
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_REGION_NOT_FOUND') return { version: 0, byMaster: false };
    throw error;
  }
  try {
    const acquired = reader.acquire();
    acquired?.segment.release();
    const { masterAlive, masterPid, masterElsewhere } = reader.status();
    const byMaster = masterAlive === true && hasSocket(name, dir);
    if (masterAlive === true && !byMaster && wait === undefined) {
      throw takesNoRequests(name, dir, locked(name, { pid: masterPid, elsewhere: masterElsewhere, certain: true }));
    }
    return { version: acquired?.commit.version ?? 0, byMaster };
  } finally {
    reader.close();
  }
}

function hasSocket(name: string, dir: string | undefined): boolean {
  const socket = findSocket(new RegionPaths(name, directoryToRead(dir, undefined)).socket);
  socket?.close();
  return socket !== undefined;
}

function allOf(value: unknown): { patch: JsonPatch; lines: string } {
  return { patch: [{ op: 'add', path: '', value }], lines: '' };
}

function changesOf(io: Io, name: string, options: WriteOptions, value: unknown): { patch: JsonPatch; lines: string } {
  const follower = openFollower(name, { dir: options.dir });
  try {
    return compared(follower.current, value, (patch, from) => ({ patch, lines: changeLines(io, patch, from) }));
  } finally {
    follower.close();
  }
}
