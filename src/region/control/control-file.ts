/** The control file as a file: opened and checked, or created. */

import { closeSync, fstatSync, writeSync } from 'node:fs';
import { perform } from '../../errors.js';
import type { MmapSystem } from '../../system/contract.js';
import { randomBytes } from '../../system/random.js';
import { corrupt } from '../errors.js';
import { createWhole, openTrusted } from '../files/files.js';
import { encodeHeader, readHeader } from '../files/header.js';
import * as layout from '../files/layout.js';
import type { RegionPaths } from '../files/paths.js';
import { Control } from './control.js';
import { presumeDurableCommits } from './durable-commits.js';

/** A mapped control file and the descriptor it came from, which stays open for locks, notifications and file checks. */
export interface OpenControl {
  readonly control: Control;
  readonly fd: number;
}

/**
 * Opens the control file at `path`; undefined when there is none. A few system calls.
 * @throws `ERR_REGION_DENIED`, `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_SYSTEM`
 */
export function openControl(
  system: MmapSystem,
  path: string,
  access: 'read' | 'write',
  owner?: number,
): OpenControl | undefined {
  const fd = openTrusted(path, access, owner);
  return fd === undefined ? undefined : mapControl(system, path, fd, access);
}

/**
 * Creates the control file of an empty region; undefined when there is one.
 * @throws `ERR_NO_SPACE`, `ERR_REGION_DENIED`, `ERR_SYSTEM`
 */
export function createControl(
  system: MmapSystem,
  paths: RegionPaths,
  { mode, history, durable }: { mode: number; history: number; durable: boolean },
): OpenControl | undefined {
  const capacity = ringCapacityFor(history);
  const header = encodeHeader({
    magic: layout.CONTROL_MAGIC,
    instance: randomBytes(8).toString('hex'),
    number: capacity,
    hashSeed: randomBytes(4).readUInt32LE(),
    createdAt: Date.now(),
    nodeIdBase: 0,
  });
  const file = {
    path: paths.control,
    temporary: paths.temporary(),
    mode,
    durable,
    placement: 'link',
    failpoints: ['control:temporary', 'control:linked'],
  } as const;
  const fd = createWhole(file, (fd) => {
    system.allocate(fd, 0, layout.controlBytes(capacity));
    writeSync(fd, header, 0, header.length, 0);
  });
  return fd === undefined ? undefined : mapControl(system, paths.control, fd, 'write');
}

/** Unmaps and closes the file, which drops a lock on it. */
export function closeControl({ control, fd }: OpenControl): void {
  control.close();
  closeSync(fd);
}

/** One record is being overwritten while another is published, so the ring needs two more than the versions it guarantees. */
function ringCapacityFor(history: number): number {
  let capacity = layout.RING_DEFAULT_CAPACITY;
  while (capacity < history + 2) capacity *= 2;
  return capacity;
}

function mapControl(system: MmapSystem, path: string, fd: number, access: 'read' | 'write'): OpenControl {
  try {
    const header = readHeader(fd, path, layout.CONTROL_MAGIC);
    const length = layout.controlBytes(header.number);
    if (!isCapacity(header.number)) throw corrupt(path, `its ring has ${header.number} records`);
    if (perform(`look at ${path}`, () => fstatSync(fd).size) < length)
      throw corrupt(path, 'it ends before its ring does');
    const mapping = perform(`map ${path}`, () => system.map({ fd, offset: 0, length, access }));
    const control = new Control(path, header, mapping);
    if (access === 'read') presumeDurableCommits(control);
    return { fd, control };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function isCapacity(value: number): boolean {
  return value >= layout.RING_MIN_CAPACITY && value <= layout.RING_MAX_CAPACITY && (value & (value - 1)) === 0;
}
