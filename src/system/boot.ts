/** Which boot of the machine this is: what a process or a page cache was before the last one means nothing now. */
import { readFileSync } from 'node:fs';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** As many hexadecimal digits as a float64 holds exactly. */
const DIGITS = 13;

let mark: number | undefined;

/** Returns a number that another boot of the machine will not have; 0 where the system does not tell. */
export function bootMark(): number {
  mark ??= readMark();
  return mark;
}

function readMark(): number {
  try {
    return Number.parseInt(readFileSync(BOOT_ID, 'latin1').replaceAll('-', '').slice(0, DIGITS), 16) || 0;
  } catch {
    return 0; // not Linux, or no /proc to ask
  }
}
