/** What tables and lists say of a region and its master: the same words in every verb. */
import type { ErrorCode } from '../../errors.js';
import type { RegionInfo } from '../../region/list.js';
import type { MasterState } from '../../region/mastership/liveness.js';
import { commandOf } from '../../system/proc.js';
import { safe } from './safe.js';
import type { Cell } from './table.js';
import { ago } from './words.js';

export function ageCell({ version, committedAt }: RegionInfo, now = Date.now()): Cell {
  return version === 0 ? 'empty' : ago(now - committedAt);
}

/** Why a region cannot be opened. */
export function errorCell(code: ErrorCode): Cell {
  return { text: code, style: 'red' };
}

/** Names the master in a column. */
export function masterCell(master: MasterState): Cell {
  return masterText(master, 'process ', ', ');
}

/** Names the master in a narrow column, or says why the region cannot be opened. */
export function shortMasterCell(region: RegionInfo): Cell {
  if (region.error === undefined) return masterText(region, '', ' ');
  return { text: region.error.replace(/^ERR_(REGION_)?/, '').toLowerCase(), style: 'red' };
}

function masterText(
  { masterPid: pid, masterElsewhere, masterAlive }: MasterState,
  prefix: string,
  separator: string,
): Cell {
  if (pid === undefined) return masterAlive ? { text: 'alive', style: 'green' } : { text: 'none', style: 'dim' };
  const who = `${prefix}${pid}${masterElsewhere ? ' elsewhere' : ''}`;
  if (masterAlive) return { text: who, style: 'green' };
  return { text: `${who}${separator}${masterAlive === undefined ? 'cannot be seen' : 'dead'}`, style: 'yellow' };
}

/** How a process maps files that has no native addon. */
export const FALLBACK = 'over system calls, without the native addon';

/** A master with what it runs. */
export type NamedMaster = ReturnType<typeof masterOf>;

/** Returns the master as `--json` has it, with its command line. A pid of another pid namespace is another process here, whose command would mislead. */
export function masterOf(master: MasterState) {
  const { masterPid: pid, masterAlive: alive, masterElsewhere: elsewhere, masterSystem: system } = master;
  const command = alive && !elsewhere && pid !== undefined ? commandOf(pid) : undefined;
  return { pid, alive, elsewhere, system, command };
}

/** Says on a line of its own who the master is. */
export function masterLine({ pid, alive, elsewhere, system, command }: NamedMaster): Cell {
  const who = pid === undefined ? 'none' : `process ${pid}${elsewhere ? ' of another pid namespace' : ''}`;
  if (alive === undefined) return { text: `${who}: whether it lives cannot be seen from here`, style: 'yellow' };
  if (!alive) {
    const text = pid === undefined ? 'none' : `${who}, dead: the document stays the same until another master opens it`;
    return { text, style: 'yellow' };
  }
  const named = command === undefined ? who : `${who}, ${safe(command)}`;
  return system === 'syscalls' ? { text: `${named}, ${FALLBACK}`, style: 'yellow' } : { text: named, style: 'green' };
}
