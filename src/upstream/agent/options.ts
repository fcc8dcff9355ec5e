/** What an agent takes. */
import { checkOptions, JsonMmapError } from '../../errors.js';
import { OPS_BYTES_MAX } from '../log/entry.js';

export interface AgentOptions {
  /** A file with what the upstream asks for; default: the one that `JSONMMAP_CREDENTIALS` names, if any. */
  readonly credentials?: string | undefined;
  /** A directory in which the agent keeps the last good document, for a start without the upstream. */
  readonly lastGood?: string | undefined;
  /** Milliseconds after which a freshness that is not proved again counts as stale. Default 30,000; the agent asks for a proof in half of that. */
  readonly staleAfterMs?: number | undefined;
  /**
   * Milliseconds within which hosts that need a snapshot ask for it, each at a random time. Default 0; some seconds where thousands of
   * hosts lose their place at once.
   */
  readonly snapshotJitterMs?: number | undefined;
  /** Milliseconds: the longest wait between two attempts to reach the upstream. Default 30,000. */
  readonly reconnectMaxMs?: number | undefined;
  /** Bytes that the operations of an entry, or a snapshot, may take. Default 256 MiB. */
  readonly maxBytes?: number | undefined;
  /** The name of this host, by which `pin` and `canary` choose. Default: its host name. */
  readonly host?: string | undefined;
  /** A file with ed25519 public keys in PEM form: an entry without a signature of one of them is refused. */
  readonly trust?: string | undefined;
}

const DEFAULTS = {
  staleAfterMs: 30_000,
  snapshotJitterMs: 0,
  reconnectMaxMs: 30_000,
  maxBytes: OPS_BYTES_MAX,
} as const;
const NAMES = ['credentials', 'lastGood', 'host', 'trust', ...Object.keys(DEFAULTS)];

/** Returns the options with what is not given. @throws `ERR_INVALID_ARG` */
export function checkAgentOptions(options: AgentOptions): AgentOptions & Record<keyof typeof DEFAULTS, number> {
  checkOptions(options, NAMES);
  const numbers = Object.entries(DEFAULTS).map(([name, standard]) => {
    const value = options[name as keyof typeof DEFAULTS] ?? standard;
    if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return [name, value];
    throw new JsonMmapError('ERR_INVALID_ARG', `${name} must be a number of at least 0`);
  });
  return { ...options, ...Object.fromEntries(numbers) };
}
