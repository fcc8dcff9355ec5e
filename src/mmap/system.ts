/** Which implementation of the mapping contract this process uses, decided once. */
import { endianness } from 'node:os';
import { JsonMmapError } from '../errors.js';
import type { MmapSystem } from './contract.js';
import { loadNative } from './native.js';
import { syscalls } from './syscalls.js';

/** Loaded with this module, so that the first region a process opens does not wait for it. */
const preloaded = process.env.JSONMMAP_SYSTEM === 'syscalls' ? undefined : loadNative();

let chosen: MmapSystem | undefined;

/**
 * Returns the native implementation where its binary loads, else the one over system calls. `JSONMMAP_SYSTEM=syscalls` asks for
 * the second, `JSONMMAP_SYSTEM=native` makes a missing binary an error.
 * @throws `ERR_UNSUPPORTED` on a machine of another byte order than the files have
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
  if (wanted === 'native') throw native;
  return syscalls;
}

/** A double and the two words that share its place change roles in the other order, and what would be written there is no region. */
function checkByteOrder(): void {
  if (endianness() === 'LE') return;
  throw new JsonMmapError(
    'ERR_UNSUPPORTED',
    'this machine is big-endian, and jsonmmap works on little-endian ones: run it on x64, arm64 or another of those',
  );
}
