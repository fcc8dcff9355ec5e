/** The options of a master, and their checks. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { checkOptions, JsonMmapError } from '../errors.js';
import type { WriterOptions } from '../region/options.js';

export interface MasterOptions<T> extends WriterOptions {
  /** The document of a region that holds none yet; ignored where there is one. */
  readonly initial?: T | undefined;
  /** The document to publish at once, whatever the region holds; the schema sees only this one. */
  readonly document?: T | undefined;
  /** Take writes of other processes of the same user over a local socket beside the region's files; default false. */
  readonly control?: boolean | undefined;
  /**
   * A Standard Schema validator: from the opening on, the region's document passes it. Its output is what is published, defaults and coercions
   * included. Validates the whole document at the opening and at each write.
   */
  readonly schema?: StandardSchemaV1<unknown, T> | undefined;
}

const WAIT = ['signal', 'timeoutMs'];
const KNOWN = [
  'control',
  'dir',
  'document',
  'durability',
  'groupMs',
  'history',
  'initial',
  'maxBytes',
  'mode',
  'schema',
  'wait',
];

/** @throws `ERR_INVALID_ARG` naming an option that does not exist, or has another type */
export function checkMasterOptions<T>(options: MasterOptions<T>): void {
  checkOptions(options, KNOWN);
  const { control, document, initial, schema, wait } = options;
  if (document !== undefined && initial !== undefined) {
    throw new JsonMmapError(
      'ERR_INVALID_ARG',
      'initial and document exclude each other: document replaces what is there',
    );
  }
  if (control !== undefined && typeof control !== 'boolean') {
    throw new JsonMmapError('ERR_INVALID_ARG', 'control must be true or false');
  }
  if (wait !== undefined) checkOptions(wait, WAIT);
  if (wait?.signal !== undefined && typeof wait.signal.throwIfAborted !== 'function') {
    throw new JsonMmapError('ERR_INVALID_ARG', 'wait.signal must be an AbortSignal');
  }
  if (schema !== undefined && typeof schema?.['~standard']?.validate !== 'function') {
    throw new JsonMmapError(
      'ERR_INVALID_ARG',
      'schema must be a Standard Schema validator: an object, or function, with "~standard"',
    );
  }
}
