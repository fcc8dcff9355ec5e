/** Whether a region has a living master, asked without taking anything. */
import type { MmapSystem } from '../mmap/contract.js';
import type { OpenControl } from './control-file.js';
import { GENERATION_LOCK, KERNEL_LOCK_SHOWN, REMOVER } from './layout.js';
import { isAlive } from './process.js';

/**
 * Returns the pid that the control file names, whether that master lives, and how it maps its files. The kernel knows best, where the master could lock the control
 * file and we can ask: then a process that lives on after its master's thread died is told apart too. Else the pid with its start
 * time decides.
 */
export function livingMaster(
  system: MmapSystem,
  { control, fd }: OpenControl,
): { masterPid: number | undefined; masterAlive: boolean; masterSystem: MmapSystem['kind'] | undefined } {
  const named = control.holder();
  const holder = named?.lockKind === REMOVER ? undefined : named;
  const masterPid = holder?.pid;
  const masterSystem = holder && (holder.lockKind === GENERATION_LOCK ? 'syscalls' : 'native');
  if (system.locks?.isLocked(fd)) return { masterPid, masterSystem, masterAlive: true };
  if (holder === undefined) return { masterPid, masterSystem, masterAlive: false };
  const kernelKnows = holder.lockKind === KERNEL_LOCK_SHOWN && system.locks !== undefined;
  return { masterPid, masterSystem, masterAlive: !kernelKnows && isAlive(holder) };
}
