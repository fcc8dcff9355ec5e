/** Where in a text something is wrong. */

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

/** A text that is no document, and why. */
export class SourceFault extends Error {
  readonly position: Position | undefined;

  constructor(reason: string, position?: Position) {
    super(reason);
    this.position = position;
  }

  /** The same, for an offset. */
  static at(text: string, offset: number, reason: string): SourceFault {
    return new SourceFault(reason, positionAt(text, offset));
  }
}

/** Returns the line and column of an offset. O(offset). */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

/** The longest piece of a text that a message repeats. */
const SHOWN_LENGTH = 40;

/** Returns a piece of the text as messages show it. */
export function shown(piece: string): string {
  return piece.length <= SHOWN_LENGTH ? piece : `${piece.slice(0, SHOWN_LENGTH)}…`;
}

/** Whether an engine's message says that something recursed too deeply; some parsers pass it on as their own. */
export function isStackOverflow(message: string): boolean {
  return message.startsWith('Maximum call stack');
}
