// What a process has in memory, in bytes.
import { readFileSync } from 'node:fs';

/**
 * Private: pages that only this process can have. Shared mappings are left out, of which the kernel calls pages private as long as nobody else
 * has them mapped. Proportional (PSS): a page that n processes have mapped counts as 1/n in each.
 * https://docs.kernel.org/filesystems/proc.html, smaps
 */
export function ownMemory(pid = 'self') {
  let isShared = false;
  const sums = { privateBytes: 0, proportionalBytes: 0 };
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    const mapping = /^[0-9a-f]+-[0-9a-f]+ ...(.)/.exec(line);
    if (mapping) isShared = mapping[1] === 's';
    else if (line.startsWith('Pss:')) sums.proportionalBytes += bytesOf(line);
    else if (!isShared && /^Private_(Clean|Dirty):/.test(line)) sums.privateBytes += bytesOf(line);
  }
  return sums;
}

const bytesOf = (line) => Number.parseInt(line.split(/\s+/)[1], 10) * 1024;
