/** A connection to Redis: words go out, buffers come back. It does not reconnect: its user opens a new one, and knows what it missed. */
import type { UpstreamAddress } from '../address.js';
import type { Credentials } from '../credentials.js';
import { asking } from '../errors.js';

type Packages = typeof import('@redis/client');

export interface RedisConnection {
  send(words: readonly (string | Buffer)[]): Promise<unknown>;
  /** Another one to the same server, for calls that wait. */
  another(): Promise<RedisConnection>;
  destroy(): void;
}

const CONNECT_MS = 5000;
/** So that silence is noticed. */
const PING_MS = 3000;
/** Longer than any call waits, and than a ping takes. */
const SILENCE_MS = 10_000;

/** @throws `ERR_UPSTREAM` where the server does not answer or let us in */
export async function connectTo(
  packages: Packages,
  { servers, tls, shown }: UpstreamAddress,
  { user, password, ca, cert, key }: Credentials,
): Promise<RedisConnection> {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(servers[0]) ?? [];
  const shared = {
    host,
    port: Number(port),
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    reconnectStrategy: false as const,
  };
  const secure = { tls: true as const, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const options = {
    ...(user ? { username: user } : {}),
    ...(password === undefined ? {} : { password }),
    socket: tls ? { ...shared, ...secure } : shared,
    RESP: 2 as const,
    disableOfflineQueue: true,
    pingInterval: PING_MS,
  };
  const connect = (): Promise<RedisConnection> =>
    asking(`reach ${shown}`, async () => {
      const client = packages.createClient(options);
      client.on('error', () => {}); // the calls say it
      await client.connect();
      const binary = client.withTypeMapping({ [packages.RESP_TYPES.BLOB_STRING]: Buffer });
      return {
        send: (words) => binary.sendCommand(words as (string | Buffer)[]),
        another: connect,
        destroy: () => {
          if (client.isOpen) client.destroy();
        },
      };
    });
  return connect();
}

/** Whether the server has answered, with a no. */
export function isAnswer(error: unknown): boolean {
  const { name } = (error as Error).constructor;
  return name === 'SimpleError' || name === 'BlobError' || name === 'ErrorReply';
}
