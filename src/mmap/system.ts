/** Which implementation of the mapping contract this process uses, decided once. */
import type { MmapSystem } from './contract.js';
import { loadNative } from './native.js';
import { syscalls } from './syscalls.js';

let chosen: MmapSystem | undefined;

/**
 * Returns the native implementation where its binary loads, else the one over system calls. `JSONMMAP_SYSTEM=syscalls` asks for
 * the second, `JSONMMAP_SYSTEM=native` makes a missing binary an error.
 */
export function mmapSystem(): MmapSystem {
  chosen ??= choose(process.env.JSONMMAP_SYSTEM);
  return chosen;
}

function choose(wanted: string | undefined): MmapSystem {
  if (wanted === 'syscalls') return syscalls;
  const native = loadNative();
  if (!(native instanceof Error)) return native;
  if (wanted === 'native') throw native;
  return syscalls;
}
