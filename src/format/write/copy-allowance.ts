/**
 * How much may be copied. A copy operation names two paths and gets a subtree, and copies of copies double: sixty of them in a patch of three kilobytes
 * would be more than any memory holds. So the copied bytes are limited by the bytes that are there without them.
 */
import { JsonMmapError } from '../../errors.js';

/** What may be copied even if the rest is small: a template that a thousand paths take. */
const ALWAYS_BYTES = 64 << 20;
/** What may be copied for each byte that is there. */
const PER_BYTE = 4;

/** More room would not help, so the master does not look for any. */
export class CopiesTooLarge extends JsonMmapError {}

export class CopyAllowance {
  #copiedBytes = 0;

  /** Counts `sizeBytes` that a copy takes, in a segment of which `headBytes` are written. @throws `ERR_TOO_LARGE` beyond the allowance */
  spend(sizeBytes: number, headBytes: number): void {
    const mostBytes = ALWAYS_BYTES + PER_BYTE * (headBytes - this.#copiedBytes);
    this.#copiedBytes += sizeBytes;
    if (this.#copiedBytes <= mostBytes) return;
    throw new CopiesTooLarge(
      'ERR_TOO_LARGE',
      `the copies of one patch may take ${ALWAYS_BYTES >> 20} MiB and ${PER_BYTE} times what the document takes, and these take more: make them in several patches`,
    );
  }
}
