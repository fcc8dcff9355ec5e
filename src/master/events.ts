/** What a master emits. */
import type { RequestEvent } from '../write-requests/protocol.js';
import type { CompactionEvent } from './measurements.js';

export interface MasterEvents {
  /** This master has published a version. */
  publish: [{ version: number; previousVersion: number }];
  /** This master has moved the document to a fresh segment, with a version that is visible now. */
  compaction: [CompactionEvent];
  /** Another process has asked for a write, which was done or refused. */
  request: [RequestEvent];
  close: [];
}
