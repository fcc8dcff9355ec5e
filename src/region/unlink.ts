/** Unlinking a region, in an order that can be continued by whoever comes next. */
import { rmSync } from 'node:fs';
import type { RegionPaths } from './paths.js';
import { step } from './steps.js';

/**
 * Unlinks every file of a region but its locks, the control file last: as long as that stands, marked as removed, whoever comes next knows
 * what to finish.
 */
export function unlinkRegion(paths: RegionPaths): void {
  const { segments, temporaries } = paths.files();
  for (const { path } of segments) {
    rmSync(path, { force: true });
    step('removal:segment');
  }
  for (const path of temporaries) rmSync(path, { force: true });
  rmSync(paths.control, { force: true });
  step('removal:control');
}
