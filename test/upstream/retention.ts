/** What the retention of an engine does when a log has grown too long, or a person by hand. */
import { spawnSync } from 'node:child_process';
import { parseUpstreamUrl } from '../../src/upstream/address.js';

/** Makes the log forget the entries before `sequence`. */
export async function forgetBefore(url: string, sequence: number): Promise<void> {
  const { kind, servers, bucket, document } = parseUpstreamUrl(url);
  if (kind === 'redis') redisTrim(servers[0], `jsonmmap:{${bucket}/${document}}:log`, sequence);
  else if (kind === 'nats') await natsPurge(servers[0], bucket, document, sequence);
  else await httpTrim(`http://${servers[0]}/${bucket}/${document}/head.json`, sequence);
}

function redisTrim(server: string, key: string, sequence: number): void {
  const [host, port] = server.split(':');
  spawnSync('redis-cli', ['-h', host, '-p', port, 'XTRIM', key, 'MINID', `${sequence}-0`]);
}

async function natsPurge(server: string, bucket: string, document: string, sequence: number): Promise<void> {
  const { connect } = await import('@nats-io/transport-node');
  const { jetstreamManager } = await import('@nats-io/jetstream');
  const connection = await connect({ servers: server });
  const manager = await jetstreamManager(connection);
  await manager.streams.purge(`jsonmmap-${bucket}`, {
    filter: `jsonmmap.${bucket}.told.log.${document}`,
    seq: sequence,
  });
  await connection.close();
}

async function httpTrim(head: string, sequence: number): Promise<void> {
  const response = await fetch(head);
  const value = (await response.json()) as { names: string[] };
  value.names = value.names.filter((name) => Number.parseInt(name, 10) >= sequence);
  const headers = { 'if-match': response.headers.get('etag') ?? '' };
  await fetch(head, { method: 'PUT', body: JSON.stringify(value), headers });
}
