/** What `import … from 'jsonmmap/follower'` gives: all that a process needs that only reads, and nothing that writes. */
export { type ErrorCode, JsonMmapError, JsonMmapTypeError } from '../errors.js';
export type { JsonPatch, JsonPatchOperation } from '../format/compare/json-patch.js';
export type { Immutable } from '../format/immutable.js';
export type { Path } from '../format/pointer.js';
export type { Commit } from '../region/control/record.js';
export type { Change } from './change.js';
export type { FollowerEvents } from './events.js';
export { Follower } from './follower.js';
export type { ChangesOptions, FollowerOptions, WhenOptions } from './options.js';
export type { Selection, SelectionEvents } from './selection.js';
export type { Snapshot } from './snapshot.js';
export type { Status } from './status.js';
