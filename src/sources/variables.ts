/** `${NAME}` in the strings of a document, as the environment has it. */
import { type Place, pathOf, placesIn } from '../format/places.js';
import { pointerOf } from '../format/pointer.js';
import { SourceFault } from './position.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/** How many characters variables may add to a document: one that names a long variable a million times would take all memory. */
const ADDED_MAX = 64 * 1024 * 1024;

/** An escaped `${`; a variable, with the text that stands for it where it is not set or empty; anything else that begins like one. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}|\$\{/g;

/**
 * Returns `value` with `${NAME}` replaced in its strings; `${NAME:-text}` is `text` where the variable is not set or empty, and `$${` is
 * `${`. A string stays a string, keys are left alone, and what a variable holds is not looked through. Changes `value`. O(value), without
 * recursion.
 * @throws `SourceFault` for a variable that is not set, for `${` without a name or in the text of another, and where variables add more than 64 Mi characters
 */
export function withVariables(value: unknown, variables: Variables): unknown {
  const room = { characters: ADDED_MAX };
  for (const place of placesIn(value)) {
    if (typeof place.value !== 'string') continue;
    const text = replaced(place.value, variables, place, room);
    if (place.parent === undefined) return text;
    (place.parent.value as Record<string, unknown>)[place.key] = text;
  }
  return value;
}

function replaced(text: string, variables: Variables, place: Place, room: { characters: number }): string {
  if (!text.includes('${')) return text;
  return text.replace(REFERENCE, (found, name?: string, otherwise?: string) => {
    if (found === '$${') return '${';
    const substitute = substituteOf(name, otherwise, variables, place);
    room.characters -= substitute.length;
    if (room.characters >= 0) return substitute;
    throw new SourceFault(
      `${shown(place)} is too long: environment variables may add at most ${ADDED_MAX} characters to a file`,
    );
  });
}

function substituteOf(
  name: string | undefined,
  otherwise: string | undefined,
  variables: Variables,
  place: Place,
): string {
  if (name === undefined) {
    throw new SourceFault(`${shown(place)} has a \${ that names no variable: write $\${ for the characters themselves`);
  }
  if (otherwise?.includes('${')) {
    throw new SourceFault(`${shown(place)} has a \${ in the text for ${name}, which must be plain text`);
  }
  const set = Object.hasOwn(variables, name) ? variables[name] : undefined;
  const text = otherwise !== undefined && (set ?? '') === '' ? otherwise : set;
  if (text !== undefined) return text;
  throw new SourceFault(
    `${shown(place)} needs the environment variable ${name}, which is not set: set it, or write \${${name}:-text}`,
  );
}

function shown(place: Place): string {
  return place.parent === undefined ? 'the document' : pointerOf(pathOf(place));
}
