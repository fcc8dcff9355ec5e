/** What a master emits. */
import type { RequestEvent } from '../write-requests/protocol.js';

export interface MasterEvents {
  /** This master has published a version. */
  publish: [{ version: number; previousVersion: number }];
  /** Another process has asked for a write, which was done or refused. */
  request: [RequestEvent];
  close: [];
}
