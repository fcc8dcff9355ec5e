/** `jsonmmap pin`: hosts stay at a revision. */
import { type Command, InvalidArgumentError } from 'commander';
import { ring } from '../../upstream/push.js';
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
  readonly host?: string;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('pin')
    .summary('keep hosts at a revision')
    .description('Keep all hosts, or one, at a revision of the document, whatever is pushed; off ends that.')
    .argument('<revision>', 'the revision, as history shows it; off ends it', revisionOrOff)
    .argument('<url>', 'such as nats://host/bucket/document', upstreamUrl)
    .option('--host <name>', 'only this host (default: all that have no pin of their own)', hostName);
  writesUpstream(command).action(async (revision: number | 'off', url: string, options: Options) => {
    const host = options.host === undefined ? {} : { host: options.host };
    const operation = revision === 'off' ? { unpin: host } : { pin: { revision, ...host } };
    const pushed = await withUpstream(io, url, options, (engine) => ring(engine, operation, writingOf(options)));
    await tellPushed(io, options, url, pushed);
  });
}

function revisionOrOff(text: string): number | 'off' {
  return text === 'off' ? text : positiveNumber(text);
}

function hostName(text: string): string {
  if (/^[\w.:-]{1,128}$/.test(text)) return text;
  throw new InvalidArgumentError('must be the name of a host');
}
