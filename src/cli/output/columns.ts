/** How much room a text takes on a terminal, whose columns are not characters. */

/** Two columns: East Asian wide and full-width characters, and pictographs (https://www.unicode.org/reports/tr11/). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** None: marks that are drawn over the character before them, and what joins characters. */
const NARROWEST = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** Returns how many columns `text` takes. O(length). */
export function columnsOf(text: string): number {
  if (isAscii(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOfOne(character);
  return columns;
}

/** Returns `text`, or its beginning and an ellipsis where it takes more than `width` columns. O(length) of what is returned, where there is a width. */
export function cutToColumns(text: string, width: number): string {
  if (text.length <= width && isAscii(text)) return text;
  let columns = 0;
  let at = 0;
  let kept = 0;
  for (const character of text) {
    columns += columnsOfOne(character);
    if (columns > width) return `${text.slice(0, kept)}…`;
    at += character.length;
    if (columns < width) kept = at; // the ellipsis takes a column
  }
  return text;
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
  return /^[\u0000-\u007f]*$/.test(text);
}

function columnsOfOne(character: string): number {
  if (character <= '\u007f') return 1;
  return NARROWEST.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}
