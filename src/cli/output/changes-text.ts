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
  const path = safe(operation.path) || '(document)';
  const room = Math.max(width - path.length - 4, SHORTEST);
  const before = () => compactJson(from.get(operation.path));
  switch (operation.op) {
    case 'add':
      return `${paint('green', '+')} ${path}  ${paint('green', cut(compactJson(operation.value), room))}`;
    case 'remove':
      return `${paint('red', '-')} ${path}  ${paint('red', cut(before(), room))}`;
    default: {
      const [old, now] = shares(before(), 'value' in operation ? compactJson(operation.value) : '', room - 3);
      return `${paint('yellow', '~')} ${path}  ${paint('red', old)} → ${paint('green', now)}`;
    }
  }
}

/** Cuts two texts to `room` together; one that is short leaves its room to the other. */
function shares(first: string, second: string, room: number): [string, string] {
  const half = Math.max(Math.floor(room / 2), SHORTEST);
  const forFirst = Math.max(half, room - second.length);
  return [cut(first, forFirst), cut(second, Math.max(half, room - first.length))];
}
