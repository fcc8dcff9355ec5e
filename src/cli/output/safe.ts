/** Text of others on the way to a terminal: what would move its cursor, change its colours or turn its writing direction is shown instead. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Returns one line of `text` with every control character as an escape of JSON, which means the same inside a string of JSON. */
export function safe(text: string): string {
  return text.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for text of several lines, which stay lines. */
export function safeLines(text: string): string {
  return text.split('\n').map(safe).join('\n');
}
