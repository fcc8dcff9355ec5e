/**
 * Which hosts take which entries: a fold of the `ring` entries of the log. A canary keeps what follows it to a share of the hosts until it is promoted; a pin
 * keeps hosts at a revision.
 */
import { invalid } from '../errors.js';
import { sha256 } from './entry.js';

/** The operations of a `ring` entry: one of these. */
export type RingOperation =
  | { readonly canary: { readonly share: number } }
  | { readonly promote: true }
  | { readonly pin: { readonly revision: number; readonly host?: string } }
  | { readonly unpin: { readonly host?: string } };

export interface Rings {
  /** Entries behind `since` are for this share of the hosts. */
  readonly canary: { readonly since: number; readonly share: number } | undefined;
  /** Host, or `*` for all that are not named, to revision. */
  readonly pins: Readonly<Record<string, number>>;
}

export const NO_RINGS: Rings = { canary: undefined, pins: {} };

const ALL = '*';
const PINS_MAX = 1000;
const HOST = /^[\w.:-]{1,128}$/;

/** Returns `rings` behind a `ring` entry. @throws `ERR_UPSTREAM_INVALID` for operations that are none */
export function withRing(rings: Rings, sequence: number, operation: unknown): Rings {
  const what = `entry ${sequence}`;
  const { canary, promote, pin, unpin } = (operation ?? {}) as Record<string, Record<string, unknown> | undefined>;
  if (canary !== undefined && isShare(canary.share))
    return { ...rings, canary: { since: sequence, share: canary.share } };
  if ((promote as unknown) === true) return { ...rings, canary: undefined };
  if (pin !== undefined && isHost(pin.host) && isRevision(pin.revision)) {
    const pins = { ...rings.pins, [pin.host ?? ALL]: pin.revision };
    if (Object.keys(pins).length <= PINS_MAX) return { ...rings, pins };
    throw invalid(what, `it is the pin of more than ${PINS_MAX} hosts`);
  }
  if (unpin !== undefined && isHost(unpin.host)) {
    const { [unpin.host ?? ALL]: _, ...pins } = rings.pins;
    return { ...rings, pins };
  }
  throw invalid(what, 'it says nothing about hosts that is known here; a newer jsonmmap may read it');
}

/** Returns the rings that a snapshot brings. @throws `ERR_UPSTREAM_INVALID` */
export function ringsOf(what: string, value: unknown): Rings {
  const { canary, pins } = (value ?? {}) as { canary?: { since?: unknown; share?: unknown }; pins?: object };
  const isWhole =
    (canary === undefined || (isRevision(canary.since) && isShare(canary.share))) &&
    typeof (pins ?? {}) === 'object' &&
    Object.entries(pins ?? {}).every(([host, revision]) => (host === ALL || isHost(host)) && isRevision(revision));
  if (!isWhole) throw invalid(what, 'what it says about hosts is not known here');
  return { canary: canary as Rings['canary'], pins: { ...pins } };
}

/** Returns the revision at which `host` is to stay: pinned to it, or not behind it; undefined where it takes all. */
export function holdOf({ canary, pins }: Rings, host: string): { revision: number; pinned: boolean } | undefined {
  const pin = Object.hasOwn(pins, host) ? pins[host] : pins[ALL];
  if (pin !== undefined) return { revision: pin, pinned: true };
  if (canary === undefined || shareOf(host) < canary.share) return undefined;
  return { revision: canary.since, pinned: false };
}

/** Returns a number from 0 up to 1 that a host keeps: a share of the hosts are those below it. */
export function shareOf(host: string): number {
  return Number.parseInt(sha256(host).slice(0, 8), 16) / 2 ** 32;
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isHost(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && HOST.test(value));
}
