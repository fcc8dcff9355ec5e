/** `jsonmmap history`: the versions of a region or of one value in it, or the revisions of a document upstream. */
import type { Command } from 'commander';
import { CommandError } from '../../command-error.js';
import { type JsonOption, jsonPointer, positiveNumber, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { withFollower } from '../region.js';
import { CREDENTIALS_FLAG, CREDENTIALS_HELP, type UpstreamOptions, upstreamUrl } from '../upstream.js';
import { listVersions } from './log.js';

type Options = Where & JsonOption & UpstreamOptions & { readonly lines: number };

const LINES = 20;

export function register(program: Command, io: Io): void {
  const command = program
    .command('history')
    .summary('list the versions of a region or a value, or the revisions of a document upstream')
    .description(
      'List the versions that are kept, newest first; with a pointer those in which the value there changed, with the value. For a URL: the revisions of the document upstream, and who wrote what, when and why.',
    )
    .argument('<name>', 'the region, or a URL such as nats://host/bucket/document')
    .argument('[pointer]', 'a JSON pointer such as /flags/beta', jsonPointer)
    .option('-n, --lines <number>', 'how many to list', positiveNumber, LINES)
    .option(CREDENTIALS_FLAG, CREDENTIALS_HELP);
  reads(command).action((name: string, pointer: string | undefined, options: Options) =>
    isUrl(name) ? runUpstream(io, name, pointer, options) : run(io, name, pointer, options),
  );
}

/** A region cannot have such a name. */
function isUrl(name: string): boolean {
  return /^[\w+.-]+:\/\//.test(name);
}

async function runUpstream(io: Io, url: string, pointer: string | undefined, options: Options): Promise<void> {
  if (pointer !== undefined)
    throw new CommandError('ERR_INVALID_ARG', 'the revisions of a document upstream have no history of one value', {
      cure: 'leave the pointer out, or name a region that follows the document',
    });
  const { listRevisions } = await import('./history/revisions.js');
  await listRevisions(io, upstreamUrl(url), options);
}

function run(io: Io, name: string, pointer: string | undefined, options: Options): Promise<void> {
  return withFollower(name, options, async (follower) => {
    if (pointer === undefined) return listVersions(io, follower, options);
    const { listValues } = await import('./history/values.js');
    return listValues(io, follower, pointer, options);
  });
}
