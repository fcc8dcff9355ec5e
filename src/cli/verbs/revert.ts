/** `jsonmmap revert`: the document, or one value, as it was in an older version. */
import { Argument, type Command } from 'commander';
import type { Follower } from '../../follower/follower.js';
import { tokensOf } from '../../format/pointer.js';
import type { WriteRequest } from '../../write-requests/protocol.js';
import { jsonPointer, positiveNumber } from '../command.js';
import type { Io } from '../io.js';
import { existing } from '../pointer.js';
import { snapshotAt, withFollower } from '../region.js';
import { perform, tellWritten, type WriteOptions, writes } from '../write.js';

export function register(program: Command, io: Io): void {
  const command = program
    .command('revert')
    .summary('write the document, or a value, of an older version again')
    .description(
      'Make the document, or the value at a pointer, what it was in an older version that is kept. This is a new version: followers go forward. Only the differences are written.',
    )
    .argument('<name>', 'the region')
    .addArgument(new Argument('<version>', 'the version, as history shows it').argParser(positiveNumber))
    .argument('[pointer]', 'a JSON pointer such as /flags/beta (default: the whole document)', jsonPointer);
  writes(command).action(async (name: string, version: number, pointer: string | undefined, options: WriteOptions) => {
    const request = await withFollower(name, options, (follower) => requestFor(follower, version, pointer, options));
    const written = await perform(name, options, request, 'jsonmmap revert');
    await tellWritten(io, options, { ...written, revertedTo: version });
  });
}

/** A value that did not exist then is deleted. @throws `ERR_VERSION_GONE`; `ERR_PATH_NOT_FOUND` where it exists neither then nor now */
function requestFor(follower: Follower, version: number, path = '', options: WriteOptions): WriteRequest {
  const then = snapshotAt(follower, version, options);
  const tokens = tokensOf(path);
  if (tokens.length === 0) return { verb: 'write', value: then.current };
  if (!then.has(tokens) && follower.has(tokens)) return { verb: 'delete', path };
  return { verb: 'set', path, value: then.get(existing(then, follower.name, path)) };
}
