/** A connection to NATS with its secrets, and an end to silence: a peer that is cut off is noticed within seconds. */
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { ConnectionOptions, NatsConnection, TlsOptions } from '@nats-io/transport-node';
import type { UpstreamAddress } from '../address.js';
import type { EngineListener } from '../contract.js';
import type { Credentials } from '../credentials.js';
import { asking } from '../errors.js';

type Transport = typeof import('@nats-io/transport-node');

/** The client's own default is two minutes, twice. */
const PING_MS = 5000;
const PINGS_UNANSWERED = 2;
const RECONNECT_MS = 250;
const RECONNECT_JITTER_MS = 2000;
export const TIMEOUT_MS = 5000;

/** @throws `ERR_UPSTREAM` where no server answers or lets us in */
export async function connectTo(
  transport: Transport,
  { servers, tls, shown }: UpstreamAddress,
  credentials: Credentials,
): Promise<NatsConnection> {
  const { ca, cert, key } = credentials;
  const options: ConnectionOptions = {
    servers: [...servers],
    name: 'jsonmmap',
    timeout: TIMEOUT_MS,
    pingInterval: PING_MS,
    maxPingOut: PINGS_UNANSWERED,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    ...authenticationOf(transport, credentials),
    ...(tls || ca !== undefined || cert !== undefined ? { tls: tlsOf(servers, { ca, cert, key }) } : {}),
  };
  return asking(`reach ${shown}`, () => transport.connect(options));
}

/** Tells `listener` when the connection is lost, and found again: what a server sent meanwhile nobody has heard. */
export function watchConnection(connection: NatsConnection, listener: EngineListener): { stop(): void } {
  let stopped = false;
  const watch = async (): Promise<void> => {
    for await (const { type } of connection.status()) {
      if (stopped) return;
      if (type === 'disconnect' || type === 'staleConnection') listener.lost(new Error(`NATS: ${type}`));
      else if (type === 'reconnect' || type === 'slowConsumer') listener.wake();
    }
  };
  void watch();
  void connection.closed().then((error) => {
    if (!stopped) listener.lost(error instanceof Error ? error : new Error('the connection is closed'));
  });
  return {
    stop: () => {
      stopped = true;
    },
  };
}

function tlsOf(servers: readonly string[], files: Pick<Credentials, 'ca' | 'cert' | 'key'>): TlsOptions {
  const options = { ...given(files), checkServerIdentity: identityOf(servers) };
  return options; // the client hands it to Node, and does not declare all that Node takes
}

/**
 * Returns the check of a server's certificate. The client names a server to TLS only if it has a name: for an address, Node would demand a
 * certificate of localhost. Such a certificate must have one of the addresses that we were given.
 */
function identityOf(servers: readonly string[]): (host: string, certificate: PeerCertificate) => Error | undefined {
  const addresses = servers.map((server) => server.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')).filter(isIP);
  return (host, certificate) => {
    if (host !== 'localhost' || addresses.length === 0) return checkServerIdentity(host, certificate);
    const faults = addresses.map((address) => checkServerIdentity(address, certificate));
    return faults.includes(undefined) ? undefined : faults[0];
  };
}

function authenticationOf(
  transport: Transport,
  { user, password, token, creds, nkey }: Credentials,
): ConnectionOptions {
  if (creds !== undefined) return { authenticator: transport.credsAuthenticator(Buffer.from(creds)) };
  if (nkey !== undefined) return { authenticator: transport.nkeyAuthenticator(Buffer.from(nkey)) };
  if (token !== undefined) return { token };
  return user === undefined ? {} : { user, pass: password ?? '' };
}

function given<T extends object>(options: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
