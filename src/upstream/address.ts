/** Where a document is upstream: what a URL says. */
import { JsonMmapError } from '../errors.js';

export type EngineKind = 'nats' | 'redis' | 'http';

export interface UpstreamAddress {
  readonly kind: EngineKind;
  /** The URL without what is secret: for messages, status and logs. */
  readonly shown: string;
  /** `host:port` each; one, but for NATS. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly bucket: string;
  readonly document: string;
  /** Of a URL that has a user and a password, which others can see with `ps`. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly query: URLSearchParams;
}

const KINDS: Readonly<Record<string, { kind: EngineKind; tls: boolean; port: number }>> = {
  nats: { kind: 'nats', tls: false, port: 4222 },
  'nats+tls': { kind: 'nats', tls: true, port: 4222 },
  redis: { kind: 'redis', tls: false, port: 6379 },
  rediss: { kind: 'redis', tls: true, port: 6379 },
  http: { kind: 'http', tls: false, port: 80 },
  https: { kind: 'http', tls: true, port: 443 },
};

const FORM = /^([a-z][a-z+]*):\/\/(?:([^/@]*)@)?([^/?#@]+)\/([^?#]*)(?:\?([^#]*))?$/;
const WORD = /^[A-Za-z0-9_-]{1,64}$/;
const SERVER = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/;

/** Whether a word of a command line names an upstream, and not a file. */
export function isUpstreamUrl(word: string): boolean {
  const scheme = /^([a-z][a-z+]*):\/\//.exec(word)?.[1];
  return scheme !== undefined && Object.hasOwn(KINDS, scheme);
}

/**
 * Returns what `url` names: `nats://HOST[,HOST]/BUCKET/DOCUMENT`, `redis://HOST/BUCKET/DOCUMENT`, `http://HOST/PATH/BUCKET/DOCUMENT`.
 * @throws `ERR_INVALID_ARG`
 */
export function parseUpstreamUrl(url: string): UpstreamAddress {
  const [, scheme, secrets, hosts, path, query] = FORM.exec(url) ?? [];
  const engine = scheme !== undefined && Object.hasOwn(KINDS, scheme) ? KINDS[scheme] : undefined;
  if (engine === undefined)
    throw malformed(
      url,
      'it is none of nats://, redis:// and http://, each with TLS as nats+tls://, rediss:// and https://',
    );
  const words = path.replace(/\/$/, '').split('/');
  const document = words.pop() ?? '';
  const bucket = words.join('/');
  const servers = hosts.split(',');
  if (!servers.every((server) => SERVER.test(server)))
    throw malformed(url, 'its hosts are no host:port, separated by commas');
  if (servers.length > 1 && engine.kind !== 'nats') throw malformed(url, 'only nats:// takes several hosts');
  const bucketWords = engine.kind === 'http' ? bucket.split('/').filter((word) => word !== '') : [bucket];
  const wellFormed = engine.kind === 'http' ? bucketWords.every(isSegment) : WORD.test(bucket);
  if (!wellFormed || !WORD.test(document))
    throw malformed(url, 'it does not end in /BUCKET/DOCUMENT, each of letters, digits, _ and -');
  const [user, password] = secrets === undefined ? [] : secrets.split(/:(.*)/s).map(decodeURIComponent);
  return {
    kind: engine.kind,
    shown: `${scheme}://${hosts}/${bucket === '' ? '' : `${bucket}/`}${document}`,
    servers: servers.map((server) => (/:\d+$/.test(server) ? server : `${server}:${engine.port}`)),
    tls: engine.tls,
    bucket,
    document,
    user,
    password,
    query: new URLSearchParams(query ?? ''),
  };
}

function isSegment(word: string): boolean {
  return /^[A-Za-z0-9_.~%-]{1,128}$/.test(word) && word !== '.' && word !== '..';
}

function malformed(url: string, reason: string): JsonMmapError {
  const shown = url.replace(/\/\/[^/@]*@/, '//…@');
  return new JsonMmapError('ERR_INVALID_ARG', `${shown} is no upstream: ${reason}`);
}
