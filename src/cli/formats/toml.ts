/** TOML. */
import { CommandError } from '../../command-error.js';
import { type Place, placesIn, shownPlace } from '../../format/places.js';
import { isObject } from '../../sources/merge.js';
import { asOneText } from '../../stringify-limits.js';
import { grouped } from '../output/words.js';

const DEPTH_MAX = 1000;

/**
 * Returns `value`, which must be an object, as TOML 1.0. Tables come after the other keys of their table. Whole numbers from 2^53 on are
 * written as floats, because TOML's integers have 64 bits.
 * @throws `ERR_FORMAT` for null, half of a surrogate pair, more than 1,000 levels, or a value that is no object; `ERR_TOO_LARGE`
 */
export async function tomlText(value: unknown): Promise<string> {
  if (!isObject(value)) {
    const what = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
    throw new CommandError('ERR_FORMAT', `the value is ${what}, and TOML needs an object`, {
      cure: 'choose another format, or a path whose value is an object',
    });
  }
  for (const place of placesIn(value)) check(place);
  const { stringify } = await import('smol-toml');
  const cure = 'write it as JSON, which is written piece by piece';
  return asOneText(() => stringify(value, { maxDepth: DEPTH_MAX + 1 }), 'to be written as TOML', cure);
}

/** The library leaves out some of what TOML cannot hold, and replaces other things. */
function check(place: Place): void {
  const { value, key, depth } = place;
  if (value === null) throw refused(place, 'null, which TOML does not have');
  if (hasLoneSurrogate(key) || (typeof value === 'string' && hasLoneSurrogate(value)))
    throw refused(place, 'half of a surrogate pair, which TOML cannot hold');
  if (depth > DEPTH_MAX) {
    throw new CommandError(
      'ERR_FORMAT',
      `the value is nested deeper than ${grouped(DEPTH_MAX)} levels, too deep for TOML`,
      {
        cure: 'choose another format, or a part of the document',
      },
    );
  }
}

function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function refused(place: Place, what: string): CommandError {
  const verb = place.value === null ? 'is' : 'has';
  return new CommandError('ERR_FORMAT', `${shownPlace(place)} ${verb} ${what}`, {
    cure: 'choose another format, or a part of the document without it',
  });
}
