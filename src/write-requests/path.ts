/** What a control socket may be called. */
import { Buffer } from 'node:buffer';
import { JsonMmapError } from '../errors.js';

/** `sun_path` of Linux has 108 bytes, the last of them zero (unix(7)); where it is made, in a directory of its own, the name is 21 longer. */
const PATH_MAX_BYTES = 107 - 21;

/** @throws `ERR_UNSUPPORTED` where a socket cannot have this path */
export function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) <= PATH_MAX_BYTES) return;
  throw new JsonMmapError(
    'ERR_UNSUPPORTED',
    `the path of a control socket has at most ${PATH_MAX_BYTES} bytes, and ${path} is longer`,
    { cure: `use a shorter directory or name, or do without control` },
  );
}
