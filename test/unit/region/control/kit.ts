/** What the tests of the control file share: two processes' views of one file, in memory. */
import { Control } from '../../../../src/region/control/control.js';
import type { Commit } from '../../../../src/region/control/record.js';
import { controlBytes } from '../../../../src/region/files/layout.js';
import type { Mapping } from '../../../../src/system/contract.js';

export const CAPACITY = 64;

/** Two controls over the same bytes. The reader's mapping says that it is a copy, so that it is told before each of its loads. */
export function twoControls(beforeLoad: () => void = () => {}): {
  writer: Control;
  reader: Control;
  bytes: ArrayBuffer;
} {
  const bytes = new ArrayBuffer(controlBytes(CAPACITY));
  const mapping = (shared: boolean, pull: () => void): Mapping => ({
    buffer: bytes,
    length: bytes.byteLength,
    shared,
    pull,
    push: () => {},
    sync: () => {},
    wake: () => false,
    advise: () => {},
    close: () => {},
  });
  const header = {
    magic: 'jsonmctl',
    instance: '0123456789abcdef',
    number: CAPACITY,
    hashSeed: 1,
    createdAt: 0,
    nodeIdBase: 0,
  } as const;
  const writer = new Control(
    'writer',
    header,
    mapping(true, () => {}),
  );
  return { writer, reader: new Control('reader', header, mapping(false, beforeLoad)), bytes };
}

/** A commit that any `version` may have. */
export function commitOf(version: number): Commit {
  return {
    version,
    rootLo: -version,
    rootHi: version,
    segment: 1,
    watermark: 64 + 8 * (version % 4096),
    committedAt: version,
    freshBytes: 64,
  };
}
