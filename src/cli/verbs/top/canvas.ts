import type { Paint } from '../../output/paint.js';

/** Columns and rows there are, and how to paint. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
}
