/** How much a test repeats itself: a twentieth of its cases in `npm test`, all of them in `npm run test:full`. */

export const isFull: boolean = process.env.JSONMMAP_EFFORT === 'full';

/** Returns the number of cases to try, of `count` in the full run: at least one. */
export function casesOf(count: number): number {
  return isFull ? count : Math.ceil(count / 20);
}
