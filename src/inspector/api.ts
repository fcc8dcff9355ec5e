/** What the server of the inspector says to its page: the one contract of both. Every path is a JSON pointer, every time is in milliseconds since 1970. */
import type { RegionInfo } from '../region/list.js';
import type { Requester } from '../write-requests/protocol.js';
import type { MasterReport } from '../write-requests/report.js';

export type { MasterReport };

export type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** What a line shows of a value, however large it is. */
export interface Preview {
  readonly kind: Kind;
  /** Entries of an object, elements of an array, UTF-16 code units of a string. */
  readonly size?: number;
  /** The scalar itself; of a long string, its first characters. */
  readonly value?: string | number | boolean | null;
  /** Whether `value` is only the beginning. */
  readonly cut?: boolean;
}

/** `GET /api/regions` */
export interface RegionsAnswer {
  readonly directory: string;
  readonly regions: readonly RegionSummary[];
  /** Whether this inspector may ask for changes. */
  readonly write: boolean;
}

export interface RegionSummary extends RegionInfo {
  /** Of a region that follows a log on other machines. */
  readonly upstream?: Upstream;
}

export interface Upstream {
  readonly source: string;
  /** Such as "live"; "no agent" where the agent has not been heard of for a while. */
  readonly state: string;
  readonly revision: number | undefined;
  readonly lagEntries: number;
  /** Why an entry was refused, or what failed last. */
  readonly problem: string | undefined;
}

/** `GET /api/regions/NAME/status`, and the event `status`, once a second. */
export interface RegionState {
  readonly name: string;
  /** The control file. */
  readonly path: string;
  readonly version: number;
  readonly committedAt: number;
  /** When this was read: two of them give rates. */
  readonly readAt: number;
  readonly masterPid: number | undefined;
  readonly masterElsewhere: boolean;
  readonly masterAlive: boolean | undefined;
  readonly masterSystem: 'native' | 'syscalls' | undefined;
  readonly masterCommand: string | undefined;
  readonly removed: boolean;
  /** How many versions the master keeps at least. */
  readonly keptVersions: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Of the newest segment: its number, the bytes in use, and those when it was fresh. */
  readonly segment: number;
  readonly usedBytes: number;
  readonly freshBytes: number;
  /** How the inspector's own follower is woken, and how it maps files. */
  readonly watching: 'futex' | 'watch' | 'poll' | 'off';
  readonly system: 'native' | 'syscalls';
  readonly upstream?: Upstream;
  /** What the master says of its work, where it takes requests: counts since it was opened, durations, and who asked for the last writes. */
  readonly report?: MasterReport;
}

/** `GET /api/regions/NAME/children?path&from&count&filter&version` */
export interface ChildrenAnswer {
  readonly version: number;
  /** The value itself. */
  readonly at: Preview;
  /** How many children match the filter. */
  readonly count: number;
  readonly rows: readonly Row[];
}

export interface Row extends Preview {
  /** The key in an object, the index in an array. */
  readonly key: string;
}

/** `GET /api/regions/NAME/locate?path`: the position of each token of the path in its container, as `children` lists it. */
export interface LocateAnswer {
  readonly version: number;
  readonly positions: readonly number[];
}

/** `GET /api/regions/NAME/value?path&version` */
export interface ValueAnswer {
  readonly version: number;
  /** JSON with indents, or its beginning. */
  readonly text: string;
  readonly cut: boolean;
}

/** `GET /api/regions/NAME/versions`: those that can be read, newest first. */
export interface VersionsAnswer {
  readonly versions: readonly VersionInfo[];
}

export interface VersionInfo {
  readonly version: number;
  readonly committedAt: number;
  /** Bytes that the version appended to its segment; undefined for the oldest one, and for one that began a segment. */
  readonly appendedBytes: number | undefined;
  /** Whether the version moved the document to a fresh segment. */
  readonly compaction: boolean;
  /** The master that lived when the inspector saw the version appear. A region does not record it. */
  readonly masterPid: number | undefined;
  /** The process that had the master make it. */
  readonly requestedBy: Requester | undefined;
  /** The revision of the log that it is from. */
  readonly revision: number | undefined;
}

/** `GET /api/regions/NAME/diff?from&to` */
export interface DiffAnswer {
  readonly from: number;
  readonly to: number;
  /** How many operations there are; `changes` has the first of them. */
  readonly operations: number;
  readonly changes: readonly ChangeLine[];
}

export interface ChangeLine {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly before?: Shown;
  readonly after?: Shown;
}

/** A value as one line of JSON, or what a line has room for. */
export interface Shown {
  readonly text: string;
  readonly cut: boolean;
}

/** `GET /api/regions/NAME/history?path`: the versions at which the value at a path became another one, newest first. */
export interface HistoryAnswer {
  readonly changes: readonly PathVersion[];
  /** The oldest version that can be read: what was before is not known. */
  readonly oldest: number;
}

export interface PathVersion {
  readonly version: number;
  readonly committedAt: number;
  /** Undefined where nothing was at the path. */
  readonly value: Shown | undefined;
  /** What changed inside a container, and the first of it, if `value` is cut and the container was not replaced as a whole. */
  readonly inside?: { readonly operations: number; readonly changes: readonly ChangeLine[] } | undefined;
}

/** `GET /api/regions/NAME/sizes?path` */
export interface SizesAnswer {
  readonly version: number;
  readonly path: string;
  /** Bytes that the value takes in its segment; what several of its parts share counts for the first of them. */
  readonly bytes: number;
  /** Values in it, itself included. */
  readonly values: number;
  /** The heaviest children, heaviest first. */
  readonly heaviest: readonly Weight[];
}

export interface Weight extends Preview {
  readonly key: string;
  readonly bytes: number;
  readonly values: number;
}

/** `GET /api/regions/NAME/space`: reads the whole document. */
export interface SpaceAnswer {
  readonly version: number;
  readonly liveBytes: number;
  readonly garbageBytes: number;
  /** Room for the next writes, headers, and segments that are about to go. */
  readonly spareBytes: number;
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  /** Free bytes of the file system. */
  readonly freeBytes: number;
}

/** `GET /api/regions/NAME/followers`: what /proc tells. */
export interface FollowersAnswer {
  readonly version: number;
  readonly followers: readonly FollowerRow[];
  /** Processes of other users that could not be looked into. */
  readonly hidden: number;
}

export interface FollowerRow {
  readonly pid: number;
  readonly user: number | undefined;
  readonly command: string | undefined;
  /** The versions that the newest segment which it has mapped holds. */
  readonly versions: readonly [oldest: number, newest: number] | undefined;
  /** At least how many versions it is behind; undefined before its first read. */
  readonly lagVersions: number | undefined;
  /** Old segments that take space because of it. */
  readonly heldBytes: number;
  /** Undefined for one that polls, or listens to nothing. */
  readonly wokenBy: 'futex' | 'watch' | undefined;
  readonly system: 'native' | 'syscalls';
}

/** `GET /api/regions/NAME/search?path&text`: lines of JSON, hits and then the end. */
export type SearchLine = SearchHit | SearchEnd;

export interface SearchHit extends Preview {
  readonly path: string;
  readonly found: 'key' | 'value';
}

export interface SearchEnd {
  readonly done: true;
  readonly version: number;
  readonly hits: number;
  /** Whether there may be more. */
  readonly limited: boolean;
}

/** The event `change` of `GET /api/regions/NAME/events`: at most one in 50 ms, with all that has changed since the last one. */
export interface ChangeEvent {
  readonly version: number;
  readonly previousVersion: number;
  readonly committedAt: number;
  readonly masterPid: number | undefined;
  readonly requestedBy: Requester | undefined;
  readonly revision: number | undefined;
  /** Undefined where the version before is gone already. */
  readonly operations: number | undefined;
  readonly changes: readonly ChangeLine[];
}

/** `POST /api/regions/NAME/edit` with JSON; answered with the version at which the change is visible. */
export type EditRequest = {
  readonly path: string;
  /** The version that the person was looking at. */
  readonly ifVersion: number;
  /**
   * The value that the person saw at the path. Where it is given, nothing is written if the value has become another one; where it is not, because nothing
   * was at the path, nothing is written if the document has another version. The code is `ERR_CONFLICT` then.
   */
  readonly before?: unknown;
  /** Whether nothing was at the path: nothing is written then if something is there by now, whatever else has changed in the document. */
  readonly absent?: boolean;
} & (
  | { readonly verb: 'set'; readonly value: unknown }
  | { readonly verb: 'delete' }
  /** Gives the path the value that it had in `version`, or deletes it if it had none. */
  | { readonly verb: 'restore'; readonly version: number }
);

export interface EditAnswer {
  readonly version: number;
}

/** What every request that fails is answered with. */
export interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
  /** Of `ERR_SCHEMA`. */
  readonly issues?: readonly { readonly message: string; readonly path?: readonly (string | number)[] }[] | undefined;
}
