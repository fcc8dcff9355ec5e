/** Words of a command line as a shell reads them, and back. */

/** The last word of a line that is still being typed. */
export interface Unfinished {
  /** What it means so far. */
  readonly text: string;
  /** As typed, quotes and backslashes included. */
  readonly raw: string;
  /** The quote that is open at its end. */
  readonly quote: '' | '"' | "'";
}

/** Splits a line at its blanks, quotes and backslashes understood. The last word is the one before the cursor, empty after a blank. */
export function splitLine(line: string): { before: string[]; current: Unfinished } {
  const before: string[] = [];
  let [text, raw, quote, begun] = ['', '', '' as Unfinished['quote'], false];
  for (let i = 0; i < line.length; i++) {
    const character = line[i];
    const isEscape = character === '\\' && quote !== "'" && i + 1 < line.length;
    if (quote === '' && /\s/.test(character)) {
      if (begun) before.push(text);
      [text, raw, begun] = ['', '', false];
      continue;
    }
    begun = true;
    raw += character;
    if (isEscape && (quote === '' || /["\\$`]/.test(line[i + 1]))) {
      raw += line[i + 1];
      text += line[++i];
    } else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    else text += character;
  }
  return { before, current: { text, raw, quote } };
}

/** Returns `text` as it can be typed behind the quote that is open, or with a backslash before each character that means something to the shell. */
export function typed(text: string, quote: Unfinished['quote']): string {
  if (quote === "'") return `'${text.replaceAll("'", "'\\''")}`;
  if (quote === '"') return `"${text.replace(/["\\$`]/g, '\\$&')}`;
  return text.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, '\\$&');
}
