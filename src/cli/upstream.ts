/** What verbs share that speak to an upstream: an engine on other machines that has the log of a document. */
import type { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { isUpstreamUrl, parseUpstreamUrl } from '../upstream/address.js';
import type { UpstreamEngine } from '../upstream/contract.js';
import { signerIn } from '../upstream/log/signature.js';
import { openUpstream } from '../upstream/open.js';
import type { Pushed, PushOptions } from '../upstream/push.js';
import { type JsonOption, jsonOption } from './command.js';
import type { Io } from './io.js';
import { size } from './output/words.js';

export interface UpstreamOptions extends JsonOption {
  readonly credentials?: string;
}

export interface UpstreamWriteOptions extends UpstreamOptions {
  readonly message?: string;
  readonly signKey?: string;
  readonly trust?: string;
}

export const CREDENTIALS_FLAG = '--credentials <file>';
export const CREDENTIALS_HELP =
  'JSON with user, password, token, nkey, creds, ca, cert or key (default: $JSONMMAP_CREDENTIALS)';

/** Adds the options of a verb that reads upstream. */
export function readsUpstream(command: Command): Command {
  return command.option(CREDENTIALS_FLAG, CREDENTIALS_HELP).addOption(jsonOption());
}

/** Adds the options of a verb that writes upstream. */
export function writesUpstream(command: Command): Command {
  return readsUpstream(command)
    .option('-m, --message <text>', 'a message for the history')
    .option('--sign-key <file>', 'sign with this ed25519 private key (PEM)')
    .option('--trust <file>', 'ed25519 public keys (PEM): ignore entries that none of these keys has signed');
}

/** An argument that is the URL of a document. @throws `ERR_INVALID_ARG` */
export function upstreamUrl(text: string): string {
  if (!isUpstreamUrl(text))
    throw new CommandError('ERR_INVALID_ARG', `${text} is not the URL of an upstream`, {
      cure: 'such as nats://host/bucket/document, redis://host/bucket/document or https://host/path/document',
    });
  parseUpstreamUrl(text);
  return text;
}

/** Runs `use` with a connection to `url`. */
export async function withUpstream<R>(
  io: Io,
  url: string,
  { credentials }: UpstreamOptions,
  use: (engine: UpstreamEngine) => Promise<R>,
): Promise<R> {
  warnOfSecrets(io, url);
  const engine = await openUpstream(url, credentials);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** Everybody on a machine sees the words of a command. */
export function warnOfSecrets(io: Io, url: string): void {
  if (parseUpstreamUrl(url).user === undefined) return;
  const cure = 'put it in a file, and name that with --credentials or $JSONMMAP_CREDENTIALS';
  io.note(io.paintNote('yellow', `the URL has a user or a password in it, which ps shows to everybody: ${cure}`));
}

/** What the options say, as `push` takes it. */
export function writingOf({ message, signKey, trust }: UpstreamWriteOptions): PushOptions {
  return { message, trust, sign: signKey === undefined ? undefined : signerIn(signKey) };
}

export async function tellPushed(io: Io, { json }: JsonOption, url: string, pushed: Pushed): Promise<void> {
  const { sequence, id, kind, changed, bytes } = pushed;
  const { shown } = parseUpstreamUrl(url);
  if (json) return io.printJson({ url: shown, revision: sequence, id, kind, changed, bytes });
  const what = changed ? `${kind}, ${size(bytes)}` : 'unchanged';
  await io.print(`${io.paint('bold', shown)}  revision ${sequence}  ${id.slice(0, 12)}  ${io.paint('dim', what)}`);
}
