/** `jsonmmap rollback`: an older revision becomes the newest one. */
import type { Command } from 'commander';
import { rollback } from '../../upstream/push.js';
import { positiveNumber } from '../command.js';
import type { Io } from '../io.js';
import {
  tellPushed,
  type UpstreamWriteOptions,
  upstreamUrl,
  withUpstream,
  writesUpstream,
  writingOf,
} from '../upstream.js';

interface Options extends UpstreamWriteOptions {
  readonly to: number;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('rollback')
    .summary('make an older revision the newest one')
    .description(
      'Make the document as it was at an older revision the newest one: a new entry, to which all hosts go forward. Ends a canary.',
    )
    .argument('<url>', 'such as nats://host/bucket/document', upstreamUrl)
    .requiredOption('--to <revision>', 'the revision, as history shows it', positiveNumber);
  writesUpstream(command).action(async (url: string, options: Options) => {
    const pushed = await withUpstream(io, url, options, (engine) => rollback(engine, options.to, writingOf(options)));
    await tellPushed(io, options, url, pushed);
  });
}
