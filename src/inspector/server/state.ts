/** The state of a region, and the list of all regions. */
import { dirname } from 'node:path';
import { type RegionInfo, regions } from '../../index.js';
import { directoryToRead, RegionPaths } from '../../region/files/paths.js';
import { commandOf } from '../../system/proc.js';
import { latestStatus } from '../../upstream/agent/status-file.js';
import type { RegionState, RegionSummary, RegionsAnswer, Upstream } from '../api.js';
import type { Session, Where } from './session.js';

/** Returns the regions of the directory with the state of their agents. @throws `ERR_DIRECTORY`, `ERR_REGION_DENIED`, `ERR_SYSTEM` */
export function regionsAnswer(where: Where, write: boolean): RegionsAnswer {
  const directory = directoryToRead(where.dir, where.owner);
  const summaryOf = (region: RegionInfo): RegionSummary => {
    const upstream = upstreamAt(region.path, region.name, where);
    return upstream === undefined ? region : { ...region, upstream };
  };
  return { directory, regions: regions(where).map(summaryOf), write };
}

/** Returns the state of a region. Tens of microseconds. @throws `ERR_CLOSED`, `ERR_REGION_CORRUPT` */
export function stateOf({ follower, report }: Session, where: Where): RegionState {
  const status = follower.status();
  const [newest] = follower.history();
  const { masterPid, masterAlive, masterElsewhere } = status;
  const upstream = upstreamAt(follower.path, follower.name, where);
  return {
    name: follower.name,
    path: follower.path,
    version: status.version,
    committedAt: status.committedAt,
    readAt: Date.now(),
    masterPid,
    masterElsewhere,
    masterAlive,
    masterSystem: status.masterSystem,
    masterCommand: masterPid !== undefined && masterAlive && !masterElsewhere ? commandOf(masterPid) : undefined,
    removed: status.removed,
    keptVersions: status.history,
    bytes: status.bytes,
    segment: newest?.segment ?? 0,
    usedBytes: newest?.watermark ?? 0,
    freshBytes: newest?.freshBytes ?? 0,
    watching: status.watching,
    system: status.system,
    ...(upstream && { upstream }),
    ...(report && { report }),
  };
}

function upstreamAt(controlPath: string, name: string, { owner }: Where): Upstream | undefined {
  const status = latestStatus(new RegionPaths(name, dirname(controlPath)), owner);
  if (status === undefined) return undefined;
  const { source, state, position, lagEntries, refusal, error } = status;
  return { source, state, revision: position?.sequence, lagEntries, problem: refusal ?? error };
}
