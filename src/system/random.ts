/** Random bytes of the operating system. */
import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/** A device of every system that has mappings to share; read directly, because loading `node:crypto` takes longer than opening a region. */
const DEVICE = '/dev/urandom';

/** Returns `count` random bytes, which nobody can foresee. Tens of microseconds. */
export function randomBytes(count: number): Buffer {
  return fromDevice(count) ?? nodeRandomBytes(count);
}

/** Undefined where the device cannot be read: another system, or a permission model. */
function fromDevice(count: number): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(DEVICE, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(count);
    return readSync(fd, bytes) === count ? bytes : undefined;
  } finally {
    closeSync(fd);
  }
}
