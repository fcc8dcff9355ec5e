/** A segment file as a file: opened and checked, created, mapped. */
import { closeSync, fstatSync, writeSync } from 'node:fs';
import { perform } from '../../errors.js';
import type { Mapping, MmapSystem } from '../../system/contract.js';
import { corrupt } from '../errors.js';
import { createWhole, type NewFile, openTrusted } from '../files/files.js';
import { encodeHeader, type FileHeader, readHeader } from '../files/header.js';
import { SEGMENT_MAGIC, SEGMENT_MAX_BYTES, SEGMENT_MIN_BYTES, wholePages } from '../files/layout.js';
import type { RegionPaths } from '../files/paths.js';

/** What a region says of each file that is created in it. */
export type NewFileOptions = Pick<NewFile, 'mode' | 'durable'>;

/** An open segment file whose header has been checked. */
export interface SegmentFile {
  readonly path: string;
  readonly fd: number;
  readonly header: FileHeader;
  /** Bytes of the file when it was opened. */
  readonly size: number;
}

/**
 * Opens segment `number` of the region `instance`; undefined when there is none, or one of another region that has the name now.
 * @throws `ERR_REGION_DENIED`, `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_SYSTEM`
 */
export function openSegment(
  path: string,
  { instance, number }: { instance: string; number: number },
  access: 'read' | 'write',
  owner?: number,
): SegmentFile | undefined {
  const fd = openTrusted(path, access, owner);
  if (fd === undefined) return undefined;
  try {
    const header = readHeader(fd, path, SEGMENT_MAGIC);
    if (header.instance === instance)
      return {
        path,
        fd,
        header: checked(path, header, number),
        size: perform(`look at ${path}`, () => fstatSync(fd).size),
      };
    closeSync(fd);
    return undefined;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Creates a segment file of the smallest size, backed by real space; a file of that name that no commit names is replaced.
 * @throws `ERR_NO_SPACE`, `ERR_REGION_DENIED`, `ERR_SYSTEM`
 */
export function createSegment(
  system: MmapSystem,
  paths: RegionPaths,
  { mode, durable }: NewFileOptions,
  header: Omit<FileHeader, 'magic' | 'createdAt'>,
): SegmentFile {
  const whole = { ...header, magic: SEGMENT_MAGIC, createdAt: Date.now() } as const;
  const file = {
    path: paths.segment(header.number),
    temporary: paths.temporary(),
    mode,
    durable,
    placement: 'rename',
    failpoints: ['segment:temporary', 'segment:created'],
  } as const;
  const bytes = encodeHeader(whole);
  const fd = createWhole(file, (fd) => {
    system.allocate(fd, 0, SEGMENT_MIN_BYTES);
    writeSync(fd, bytes, 0, bytes.length, 0);
  }) as number; // a rename always gives the file its name
  return { path: file.path, fd, header: whole, size: SEGMENT_MIN_BYTES };
}

/**
 * Maps about `length` bytes of a segment: more than there are, so that growth rarely maps again. Those beyond the end of the file must not be
 * touched before the file has grown over them.
 */
export function mapSegment(
  system: MmapSystem,
  { fd, path }: Pick<SegmentFile, 'fd' | 'path'>,
  length: number,
  access: 'read' | 'write',
): Mapping {
  const request = { fd, offset: 0, length: Math.min(SEGMENT_MAX_BYTES, wholePages(length)), access, uncounted: true };
  return perform(`map ${path}`, () => system.map(request));
}

/** Runs `take`, which takes the open file over; closes it if that fails. */
export function takeOver<T>(file: SegmentFile, take: () => T): T {
  try {
    return take();
  } catch (error) {
    closeSync(file.fd);
    throw error;
  }
}

function checked(path: string, header: FileHeader, number: number): FileHeader {
  if (header.number !== number) throw corrupt(path, `its header says that it is segment ${header.number}`);
  if (!Number.isSafeInteger(header.nodeIdBase) || header.nodeIdBase < 0) throw corrupt(path, 'it has no node id base');
  return header;
}
