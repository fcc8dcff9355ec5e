/** From a URL to its engine, loaded when it is needed. */
import { parseUpstreamUrl, type UpstreamAddress } from './address.js';
import type { UpstreamEngine } from './contract.js';
import { readCredentials } from './credentials.js';

/**
 * Connects to the upstream that `url` names.
 * @throws `ERR_INVALID_ARG` for a URL or credentials that say nothing; `ERR_UPSTREAM_CLIENT` where the client of the engine is not
 *   installed; `ERR_UPSTREAM` where no server answers
 */
export async function openUpstream(url: string | UpstreamAddress, credentialsFile?: string): Promise<UpstreamEngine> {
  const address = typeof url === 'string' ? parseUpstreamUrl(url) : url;
  const credentials = readCredentials(address, credentialsFile);
  if (address.kind === 'nats') return (await import('./nats/engine.js')).openNats(address, credentials);
  if (address.kind === 'redis') return (await import('./redis/engine.js')).openRedis(address, credentials);
  return (await import('./http/engine.js')).openHttp(address, credentials);
}
