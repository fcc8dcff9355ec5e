/** `jsonmmap promote`: what was for some hosts is for all. */
import type { Command } from 'commander';
import { ring } from '../../upstream/push.js';
import type { Io } from '../io.js';
import {
  tellPushed,
  type UpstreamWriteOptions,
  upstreamUrl,
  withUpstream,
  writesUpstream,
  writingOf,
} from '../upstream.js';

export function register(program: Command, io: Io): void {
  const command = program
    .command('promote')
    .summary('release a canary to all hosts')
    .description('Give all hosts the revisions that were pushed with --canary for a share of them.')
    .argument('<url>', 'such as nats://host/bucket/document', upstreamUrl);
  writesUpstream(command).action(async (url: string, options: UpstreamWriteOptions) => {
    const pushed = await withUpstream(io, url, options, (engine) =>
      ring(engine, { promote: true }, writingOf(options)),
    );
    await tellPushed(io, options, url, pushed);
  });
}
