/** Writes requested by other processes, as lines of the log. */

import type { Master } from '../master/master.js';
import type { RequestEvent } from '../write-requests/protocol.js';
import type { LogDetails, RunLog } from './log.js';

/** Tells each request. */
export function tellRequests(master: Master, log: RunLog): void {
  master.on('request', (request) => log.request(textOf(request), detailsOf(request)));
}

/** Such as "set /flags/beta by pid 123 (jsonmmap set): version 7". */
function textOf({ verb, path, by, version, error }: RequestEvent): string {
  const what = [verb, path].filter(Boolean).join(' ');
  return `${what} by pid ${by.pid} (${by.name}): ${error === undefined ? `version ${version}` : `refused: ${error.message}`}`;
}

function detailsOf({ verb, path, by, version, error }: RequestEvent): LogDetails {
  return { event: 'request', verb, path, by, version, error: error && { code: error.code, message: error.message } };
}
