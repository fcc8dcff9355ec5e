/** Whether a region has a living master, asked without taking anything. */
import type { MmapSystem } from '../../system/contract.js';
import { isElsewhere, whereabouts } from '../../system/process.js';
import type { OpenControl } from '../control/control-file.js';
import { GENERATION_LOCK, KERNEL_LOCK_SHOWN, REMOVER } from '../files/layout.js';
import { isLocked } from './lock.js';

export interface MasterState {
  /** Pid that the control file names, alive or dead; undefined after a master that closed. */
  readonly masterPid: number | undefined;
  /** Whether that pid counts in another pid namespace, a container for instance: here it is another process, or none. */
  readonly masterElsewhere: boolean;
  /** Undefined where it cannot be known from here: a master without kernel locks in another pid namespace. */
  readonly masterAlive: boolean | undefined;
  /** How that master maps its files, which it shows by its kind of lock: by the native addon, or by the fallback over system calls. */
  readonly masterSystem: MmapSystem['kind'] | undefined;
}

/**
 * Returns the pid that the control file names, whether that master lives, and how it maps its files. The kernel knows best, where the
 * master could lock the control file and we can ask: then a process that lives on after its master's thread died is told apart too. Else
 * the pid with its start time decides, within one pid namespace.
 */
export function livingMaster(system: MmapSystem, { control, fd }: OpenControl): MasterState {
  const named = control.state.holder();
  const holder = named?.lockKind === REMOVER ? undefined : named;
  const master = {
    masterPid: holder?.pid,
    masterElsewhere: holder !== undefined && isElsewhere(holder),
    masterSystem: holder && (holder.lockKind === GENERATION_LOCK ? 'syscalls' : 'native'),
  } as const;
  if (isLocked(system, fd, control.path)) return { ...master, masterAlive: true };
  if (holder === undefined) return { ...master, masterAlive: false };
  const kernelKnows = holder.lockKind === KERNEL_LOCK_SHOWN && system.locks !== undefined;
  return { ...master, masterAlive: !kernelKnows && ALIVE[whereabouts(holder)] };
}

const ALIVE = { alive: true, dead: false, elsewhere: undefined } as const;
