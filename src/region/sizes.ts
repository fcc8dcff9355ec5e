/** What the files of a region consist of. */
import { HEADER_BYTES } from './files/layout.js';

export interface RegionSizes {
  readonly total: number;
  /** What the newest version needs. */
  readonly live: number;
  /** What it has replaced. */
  readonly garbage: number;
  /** Room for the next writes, headers, older segments. */
  readonly spare: number;
}

/** @param usedBytes Of the newest segment up to the newest version, its header included. */
export function sizesOf(usedBytes: number, live: number, total: number): RegionSizes {
  const garbage = Math.max(0, usedBytes - HEADER_BYTES - live);
  return { total, live, garbage, spare: total - live - garbage };
}
