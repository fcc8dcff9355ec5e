/** Which implementation of the mapping contract this process uses, decided once. */
import { JsonMmapError } from '../errors.js';
import { isLittleEndian } from './byte-order.js';
import type { MmapSystem } from './contract.js';
import { loadNative } from './native.js';
import { syscalls } from './syscalls.js';

/** Loaded with this module, so that the first region a process opens does not wait for it. */
const preloaded = process.env.JSONMMAP_SYSTEM === 'syscalls' ? undefined : loadNative();

let chosen: MmapSystem | undefined;

/**
 * Returns the native implementation where its binary loads, else the one over system calls, with a warning. `JSONMMAP_SYSTEM=syscalls` asks for
 * the second, `JSONMMAP_SYSTEM=native` makes a missing binary an error.
 * @throws `ERR_UNSUPPORTED` on a machine of another byte order than the files have, and for a binary that was asked for and does not load
 */
export function mmapSystem(): MmapSystem {
  chosen ??= choose(process.env.JSONMMAP_SYSTEM);
  return chosen;
}

function choose(wanted: string | undefined): MmapSystem {
  checkByteOrder();
  if (wanted === 'syscalls') return syscalls;
  const native = preloaded ?? loadNative();
  if (!(native instanceof Error)) return native;
  if (wanted === 'native') throw nativeMissing(native);
  warnOfFallback(native);
  return syscalls;
}

function nativeMissing(cause: Error): JsonMmapError {
  const message = `JSONMMAP_SYSTEM asks for the native addon, which cannot be loaded: ${reasonOf(cause)}`;
  return new JsonMmapError('ERR_UNSUPPORTED', message, { cause });
}

/** Both implementations read the same regions, so nothing else tells that this process works with a copy and slowly. */
function warnOfFallback(cause: Error): void {
  process.emitWarning(
    `the native addon cannot be loaded (${reasonOf(cause)}): jsonmmap works over system calls, which is slower`,
    {
      type: 'JsonMmapWarning',
      code: 'JSONMMAP_FALLBACK',
      detail:
        'In a bundle, copy the addon too (docs/GUIDE.md, Bundlers). JSONMMAP_SYSTEM=syscalls asks for system calls, without this warning.',
    },
  );
}

function reasonOf({ message }: Error): string {
  return message.trim().split('\n')[0];
}

/** A double and the two words that share its place change roles in the other order, and what would be written there is no region. */
function checkByteOrder(): void {
  if (isLittleEndian()) return;
  throw new JsonMmapError('ERR_UNSUPPORTED', 'this machine is big-endian, and jsonmmap works on little-endian ones', {
    cure: 'run it on x64, arm64 or another of those',
  });
}
