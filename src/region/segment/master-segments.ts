/**
 * The segments of a region as its master has them: the one that it appends to, a fresh one that will take its place, and old ones that versions
 * still need.
 */
import { assert } from '../../errors.js';
import type { MmapSystem } from '../../system/contract.js';
import { tooLarge, usedUp } from '../errors.js';
import { failpoint } from '../failpoints.js';
import type { FileSize } from '../files/file-sizes.js';
import { HEADER_BYTES, SEGMENT_MIN_BYTES, SEGMENT_NUMBER_MAX } from '../files/layout.js';
import type { RegionPaths } from '../files/paths.js';
import type { SegmentBudget } from './budget.js';
import type { OldSegments } from './retention.js';
import { createSegment, type NewFileOptions, takeOver } from './segment-file.js';
import { WritableSegment } from './writable-segment.js';

/** What does not change while a master has its region. */
export interface SegmentSetting {
  readonly system: MmapSystem;
  readonly paths: RegionPaths;
  readonly instance: string;
  readonly newFile: NewFileOptions;
  readonly budget: SegmentBudget;
}

export class MasterSegments {
  readonly #setting: SegmentSetting;
  readonly #old: OldSegments;
  /** The segment of the newest commit. Changed here only. */
  current: WritableSegment;
  /** The segment that will take its place; undefined where none was begun. Changed here only. */
  fresh: WritableSegment | undefined;

  /** Takes over `current`, the segment of the newest commit. */
  constructor(setting: SegmentSetting, current: WritableSegment, old: OldSegments) {
    this.#setting = setting;
    this.current = current;
    this.#old = old;
  }

  /** Creates a fresh segment, which nobody sees. Its node ids begin behind what is in the current one now (I9). @throws `ERR_NO_SPACE`, `ERR_TOO_LARGE` */
  begin(): WritableSegment {
    assert(this.fresh === undefined, 'there is a fresh segment already');
    const { system, paths, instance, newFile, budget } = this.#setting;
    if (!budget.hasRoom) {
      throw tooLarge(paths.control, SEGMENT_MIN_BYTES, Math.max(0, budget.bytesFor('document')), 'maxBytes');
    }
    const { number, nodeIdBase, hashSeed, head } = this.current;
    if (number >= SEGMENT_NUMBER_MAX) throw usedUp(paths.name, 'numbers of segments', SEGMENT_NUMBER_MAX);
    const file = createSegment(system, paths, newFile, {
      instance,
      number: number + 1,
      hashSeed,
      nodeIdBase: nodeIdBase + Math.ceil(head / 8),
    });
    this.fresh = takeOver(file, () => new WritableSegment(system, file, HEADER_BYTES, budget));
    return this.fresh;
  }

  /**
   * Puts the fresh segment, in which `newest` was published, in the place of the current one. That is unmapped here, and unlinked as soon as no
   * guaranteed version needs it (I6); followers that have it mapped keep it.
   */
  switchToFresh(lastVersion: number, newest: number): void {
    assert(this.fresh !== undefined, 'there is no fresh segment');
    failpoint('switch:published');
    const before = this.current;
    this.current = this.fresh;
    this.fresh = undefined;
    before.close();
    this.#old.add({ number: before.number, path: before.path, sizeBytes: before.sizeBytes, lastVersion });
    this.#old.dropUnneeded(newest);
  }

  /** Gives the fresh segment up. @param isNamed Whether a durable commit slot names it: the next master will publish it (I15), so its file stays. */
  abandonFresh(isNamed: boolean): void {
    const fresh = this.fresh;
    this.fresh = undefined;
    if (isNamed) fresh?.close();
    else fresh?.unlink();
  }

  /** Whether segment `number` can be read. */
  holds(number: number): boolean {
    return number === this.current.number || this.#old.list.some((segment) => segment.number === number);
  }

  /** Returns the size of each file, oldest first. */
  sizes(): FileSize[] {
    const living = this.fresh === undefined ? [this.current] : [this.current, this.fresh];
    return [...this.#old.list, ...living].map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  }

  /** Unmaps and closes the current segment. The fresh one is abandoned before. */
  close(): void {
    this.current.close();
  }
}
