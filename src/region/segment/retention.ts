/** Segment files that are no longer written but hold versions that are kept readable. */
import { debuglog } from 'node:util';
import { failpoint } from '../failpoints.js';
import { unlinkIfThere } from '../files/files.js';

const debug = debuglog('jsonmmap');

/** A segment file that is no longer written. */
export interface OldSegment {
  readonly number: number;
  readonly path: string;
  readonly sizeBytes: number;
  /** The newest version that lives in it. */
  readonly lastVersion: number;
}

/** The old segments of a region, oldest first; unlinks each when the last guaranteed version has left it (I6). */
export class OldSegments {
  readonly #segments: OldSegment[] = [];
  readonly #history: number;

  constructor(history: number) {
    this.#history = history;
  }

  get list(): readonly OldSegment[] {
    return this.#segments;
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  add(segment: OldSegment): void {
    this.#segments.push(segment);
  }

  /** Unlinks what no version needs now that `newest` is published. Followers that have it mapped keep its bytes. */
  dropUnneeded(newest: number): void {
    while (this.#segments.length > 0 && this.#segments[0].lastVersion <= newest - this.#history) {
      if (!unlinked(this.#segments[0].path)) return;
      this.#segments.shift();
      failpoint('switch:unlinked');
    }
  }
}

/** The commit that made the file unnecessary is visible already, so a failure here does not fail it: the next publish tries again. */
function unlinked(path: string): boolean {
  try {
    unlinkIfThere(path);
    return true;
  } catch (error) {
    debug('%s could not be removed, the next publish tries again: %o', path, error);
    return false;
  }
}
