/** From the arguments of `new Mmap` to mapped memory: everything is checked first, then the file is found, then it is mapped. */

import type { Access } from '../system/contract.js';
import { mmapSystem } from '../system/system.js';
import type { MmapOptions } from './arguments.js';
import * as check from './arguments.js';
import { adoptDescriptor, type Backing, NO_FILE } from './backing.js';
import { Memory } from './memory.js';
import { openTag } from './tagname.js';

/** How `Mmap.open` says which file: a symbol, so that it is no option of the constructor. */
export const OPEN_FILE = Symbol('open file');
export interface FileOption {
  readonly [OPEN_FILE]?: (access: Access) => Backing;
}

/** What `new Mmap` throws, this throws. */
export function openMemory(fileno: number, length: number, options: MmapOptions & FileOption): Memory {
  check.checkOptions(options, ['access', 'tagname', 'offset']);
  const { access = 'write', tagname, offset = 0, [OPEN_FILE]: openFile } = options;
  const system = mmapSystem();
  check.checkAccess(access);
  check.checkOffset(offset, system.pageSize);
  check.checkLength(length, 'length', 0);
  check.checkFileno(fileno);

  const map = (backing: Backing) => new Memory(system, backing, access, offset, length);
  if (openFile !== undefined) return map(openFile(access));
  if (fileno === -1 && tagname !== undefined) {
    return map(openTag(tagname, length === 0 ? 0 : offset + length, access, system));
  }
  if (fileno === -1) {
    if (length === 0 || offset !== 0)
      throw check.invalid('anonymous memory needs a length, and has no file for an offset');
    return map(NO_FILE);
  }
  if (tagname !== undefined) throw check.invalid('tagname names shared memory; leave it out, or use fileno -1');
  return map(adoptDescriptor(fileno, access));
}
