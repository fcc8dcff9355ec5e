/** The values inside a value, each with its path. */
import { pointerOf } from './pointer.js';

/**
 * The last key of a path, and what comes before it: chains, so that the paths of a deep document cost no more than its size. Without a
 * parent, the path is empty.
 */
export interface Step {
  readonly key: string;
  readonly parent: Step | undefined;
}

/** A value and where it is. */
export interface Place extends Step {
  readonly value: unknown;
  readonly parent: Place | undefined;
  /** Containers around it. */
  readonly depth: number;
}

/** Yields `value` and all that is in it, in the order of the document. O(value). On a stack of its own, so that depth costs heap. */
export function* placesIn(value: unknown): Generator<Place> {
  const open: Place[] = [{ value, key: '', parent: undefined, depth: 0 }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    yield place;
    const children = entriesOf(place.value);
    for (let i = children.length - 1; i >= 0; i--) {
      const [key, child] = children[i];
      open.push({ value: child, key, parent: place, depth: place.depth + 1 });
    }
  }
}

/** Whether a value has neither entries nor elements: a scalar, or an empty container. */
export function isLeaf({ value }: Place): boolean {
  return entriesOf(value).length === 0;
}

/** Returns the keys that lead to a place. O(depth). */
export function pathOf(last: Step): string[] {
  const path: string[] = [];
  for (let step = last; step.parent !== undefined; step = step.parent) path.push(step.key);
  return path.reverse();
}

/** Returns how a message calls a place: by its pointer within the value that is written. */
export function shownPlace(place: Place): string {
  return place.parent === undefined ? 'the value' : pointerOf(pathOf(place));
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
