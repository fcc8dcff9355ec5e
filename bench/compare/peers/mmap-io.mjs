// A binding of mmap and nothing more: JSON text in shared memory. 8 bytes sequence (odd while it is written), 8 bytes length, the text.
import { fstatSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import mmap from '@riaskov/mmap-io';
import { stamp, valueAt } from '../documents.mjs';
import { readersOf } from './copy.mjs';
import { poll } from './poll.mjs';

const HEADER_BYTES = 16;

function mapFile(directory, flags, wantedBytes) {
  const descriptor = openSync(join(directory, 'document.mmap'), flags, 0o600);
  if (wantedBytes !== undefined) ftruncateSync(descriptor, wantedBytes);
  const sizeBytes = fstatSync(descriptor).size;
  const protection = flags === 'r' ? mmap.PROT_READ : mmap.PROT_READ | mmap.PROT_WRITE;
  const buffer = mmap.map(sizeBytes, protection, mmap.MAP_SHARED, descriptor, 0, 0);
  return { buffer, sequence: new BigInt64Array(buffer.buffer, buffer.byteOffset, 1), sizeBytes };
}

export function publish({ directory, document }) {
  const room = HEADER_BYTES + Math.ceil(Buffer.byteLength(JSON.stringify(document)) * 1.25) + 4096;
  const { buffer, sequence, sizeBytes } = mapFile(directory, 'w+', room);
  const write = () => {
    const text = JSON.stringify(document);
    Atomics.add(sequence, 0, 1n);
    buffer.writeBigUInt64LE(BigInt(buffer.write(text, HEADER_BYTES)), 8);
    Atomics.add(sequence, 0, 1n);
  };
  const change = (row) => {
    stamp(document, row);
    write();
  };
  write();
  return { set: change, write: change, stored: () => sizeBytes, close: () => {} };
}

export function follow({ directory }) {
  const { buffer, sequence } = mapFile(directory, 'r');
  const copy = { document: undefined };

  /** Parses the newest text, unless it is just being written: then the copy we have stands. Returns the sequence of the copy. */
  let held = -1n;
  function refresh() {
    const before = Atomics.load(sequence, 0);
    if (before === held || before & 1n) return held;
    const bytes = Buffer.from(buffer.subarray(HEADER_BYTES, HEADER_BYTES + Number(buffer.readBigUInt64LE(8))));
    if (Atomics.load(sequence, 0) !== before) return held;
    copy.document = JSON.parse(bytes.toString('utf8'));
    held = before;
    return held;
  }
  while (copy.document === undefined) refresh();
  return {
    ...readersOf(copy),
    watch: (row, seen) => poll(refresh, () => seen(valueAt(valueAt(copy.document, row.tokens), row.field))),
    close: () => {},
  };
}
