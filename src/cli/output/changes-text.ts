/** A patch as text: one line for each operation, with the value before it. */
import type { Snapshot } from '../../follower/snapshot.js';
import type { JsonPatch, JsonPatchOperation } from '../../format/compare/json-patch.js';
import type { Io } from '../io.js';
import { compactJson } from './json-text.js';
import type { Paint } from './paint.js';
import { safe } from './safe.js';
import { cut } from './table.js';

const INDENT = '  ';
const SHORTEST = 8;

/**
 * Returns the lines of a patch that the follower made between `from` and a later version. The paths of what it removes and replaces are valid in
 * `from`, because it replaces first, removes from the end, and adds last.
 */
export function changeLines(io: Pick<Io, 'paint' | 'width'>, patch: JsonPatch, from: Snapshot): string {
  return patch.map((operation) => INDENT + changeLine(operation, from, io.paint, io.width - INDENT.length)).join('\n');
}

function changeLine(operation: JsonPatchOperation, from: Snapshot, paint: Paint, width: number): string {
  const { op, path } = operation;
  return changeText(
    {
      op,
      path,
      before: op === 'add' ? undefined : compactJson(from.get(path)),
      after: 'value' in operation ? compactJson(operation.value) : undefined,
    },
    paint,
    width,
  );
}

/** An operation with its values as JSON, or as the beginning of that, which is harmless to a terminal. */
export interface ShownChange {
  readonly op: JsonPatchOperation['op'];
  readonly path: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** Returns a change in at most `width` columns: where it is, and the values before and after it. */
export function changeText({ op, path, before = '', after = '' }: ShownChange, paint: Paint, width: number): string {
  const where = cut(safe(path) || '(document)', Math.max(width - SHORTEST - 4, SHORTEST));
  const room = Math.max(width - where.length - 4, SHORTEST);
  switch (op) {
    case 'add':
      return `${paint('green', '+')} ${where}  ${paint('green', cut(after, room))}`;
    case 'remove':
      return `${paint('red', '-')} ${where}  ${paint('red', cut(before, room))}`;
    default: {
      const [old, now] = shares(before, after, room - 3);
      return `${paint('yellow', '~')} ${where}  ${paint('red', old)} → ${paint('green', now)}`;
    }
  }
}

/** Cuts two texts to `room` together; one that is short leaves its room to the other. */
function shares(first: string, second: string, room: number): [string, string] {
  const half = Math.max(Math.floor(room / 2), SHORTEST);
  const forFirst = Math.max(half, room - second.length);
  return [cut(first, forFirst), cut(second, Math.max(half, room - first.length))];
}
