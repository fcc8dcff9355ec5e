/** Writes that other processes ask the master for, as the log tells them. */
import type { Master } from '../master/master.js';
import type { LogDetails, RunLog } from './log.js';

/** What the master's event `'request'` says: who asked for what, and the version or the error that came of it. */
export interface MasterRequest {
  readonly verb: string;
  /** A JSON pointer, for `set` and `delete`. */
  readonly path?: string | undefined;
  readonly by?: { readonly pid: number; readonly name?: string | undefined } | undefined;
  readonly version?: number | undefined;
  readonly error?: { readonly code?: string | undefined; readonly message: string } | undefined;
}

/** The part of a master that this needs. */
interface Requested {
  on(event: 'request', listener: (request: MasterRequest) => void): unknown;
}

/** Tells each request. */
export function tellRequests(master: Master, log: RunLog): void {
  (master as unknown as Requested).on('request', (request) => log.request(textOf(request), detailsOf(request)));
}

/** Such as "set /flags/beta by pid 123 (jsonmmap set): version 7". */
function textOf({ verb, path, by, version, error }: MasterRequest): string {
  const what = [verb, path].filter(Boolean).join(' ');
  const who = by === undefined ? '' : ` by pid ${by.pid}${by.name === undefined ? '' : ` (${by.name})`}`;
  return `${what}${who}: ${error === undefined ? `version ${version}` : `refused: ${error.message}`}`;
}

function detailsOf({ verb, path, by, version, error }: MasterRequest): LogDetails {
  return { event: 'request', verb, path, by, version, error: error && { code: error.code, message: error.message } };
}
