/** The full check of a region: its files, its ring, and every node of the versions that its master keeps. */
import { checkOptions, JsonMmapError } from './errors.js';
import { type Verification, verify } from './format/verify/verify.js';
import type { Commit } from './region/control/record.js';
import { type FileSize, fileSizes } from './region/files/file-sizes.js';
import { directoryToRead, RegionPaths } from './region/files/paths.js';
import { type Finding, type InspectionOptions, inspect } from './region/inspection.js';
import { type Acquired, RegionReader } from './region/reader.js';

export interface CheckOptions extends InspectionOptions {
  /** How many of the newest versions to look into, at least 1; default as many as the master keeps, `Infinity` for all that can be read. */
  readonly versions?: number | undefined;
}

/** Something that is not as a master leaves it: an error, or a leftover that the next master takes away. */
export type Problem = Finding;

export interface Report {
  readonly name: string;
  /** The newest version, 0 when there is none. */
  readonly version: number;
  /** Whether there are no problems. */
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  /** The versions that were looked into, newest first. */
  readonly versions: readonly number[];
  /** Control file and segments, oldest first. */
  readonly files: readonly FileSize[];
  /** Bytes of the newest segment up to the newest version, garbage included. */
  readonly usedBytes: number;
  /** Bytes that the newest version needs. */
  readonly liveBytes: number;
  /** What the newest version consists of, each node counted once. */
  readonly nodes: number;
  readonly containers: number;
  readonly strings: number;
  /** Containers inside one another, where that is deepest. */
  readonly depth: number;
}

const OPTIONS = ['dir', 'owner', 'versions'];
/** Why a version cannot be looked into; the inspection of the files says the same at greater length. */
const UNREADABLE = ['ERR_REGION_CORRUPT', 'ERR_REGION_FORMAT', 'ERR_REGION_DENIED'];

/**
 * Checks a region and changes nothing; its master may go on meanwhile. What is wrong with it is reported, not thrown. Blocks this thread for
 * O(n log n) of each version that it looks into.
 * @throws `ERR_REGION_NOT_FOUND`, `ERR_INVALID_NAME`, `ERR_INVALID_ARG`, `ERR_DIRECTORY`, `ERR_SYSTEM`
 */
export function check(name: string, options: CheckOptions = {}): Report {
  checkOptions(options, OPTIONS);
  const { versions, ...where } = options;
  if (versions !== undefined && !(versions >= 1)) {
    throw new JsonMmapError('ERR_INVALID_ARG', 'versions must be a number of at least 1: how many to look into');
  }
  const problems = inspect(name, where).findings;
  const paths = new RegionPaths(name, directoryToRead(where.dir, where.owner));
  const examined = examineReadable(paths, where, versions, problems);
  const newest = examined[0];
  return {
    name,
    version: newest?.commit.version ?? 0,
    ok: problems.length === 0,
    problems,
    versions: examined.map(({ commit }) => commit.version),
    files: fileSizes(paths),
    usedBytes: newest?.commit.watermark ?? 0,
    ...contents(newest?.verification),
  };
}

/** A version, and what was found in it. */
interface Examined {
  readonly commit: Commit;
  readonly verification: Verification;
}

function examineReadable(
  paths: RegionPaths,
  where: InspectionOptions,
  most: number | undefined,
  problems: Problem[],
): Examined[] {
  try {
    return examine(paths, where, most, problems);
  } catch (error) {
    if (!(error instanceof JsonMmapError) || !UNREADABLE.includes(error.code)) throw error;
    if (!problems.some(({ severity }) => severity === 'error')) {
      problems.push({ severity: 'error', path: paths.control, message: error.message });
    }
    return [];
  }
}

function examine(
  paths: RegionPaths,
  where: InspectionOptions,
  most: number | undefined,
  problems: Problem[],
): Examined[] {
  const reader = unless('ERR_REGION_NOT_FOUND', () => RegionReader.open(paths.name, where));
  if (reader === undefined) return []; // somebody began to remove it
  const acquired: Acquired[] = [];
  try {
    const newest = reader.acquire();
    if (newest === undefined) return [];
    acquired.push(newest);
    const oldest = newest.commit.version - (most ?? reader.status().history) + 1;
    const older = reader.history().filter(({ version }) => version >= oldest && version < newest.commit.version);
    for (const { version } of older) {
      const kept = unless('ERR_VERSION_GONE', () => reader.acquireAt(version));
      if (kept !== undefined) acquired.push(kept);
    }
    return acquired.map((one) => verifyVersion(paths, one, problems));
  } finally {
    for (const { segment } of acquired) segment.release();
    reader.close();
  }
}

function unless<T>(code: string, body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === code) return undefined;
    throw error;
  }
}

function verifyVersion(paths: RegionPaths, { commit, segment }: Acquired, problems: Problem[]): Examined {
  const { number, i32, f64, bytes, nodeIdBase, hashSeed } = segment;
  const upToCommit = { number, i32, f64, bytes, nodeIdBase, hashSeed, limit: commit.watermark };
  const verification = verify(upToCommit, commit.rootLo, commit.rootHi);
  for (const problem of verification.problems) {
    const message = `version ${commit.version}: ${problem}`;
    problems.push({ severity: 'error', path: paths.segment(number), message });
  }
  return { commit, verification };
}

function contents({ liveBytes = 0, nodes = 0, containers = 0, strings = 0, depth = 0 }: Partial<Verification> = {}) {
  return { liveBytes, nodes, containers, strings, depth };
}
