/**
 * `jsonmmap complete`: what the completion scripts ask. It is for them only, hence in no help.
 *
 * bash gives the line up to the cursor, and the end of it that it replaces; zsh and fish give the words, the last as typed. The answer: a
 * line that says what the shell adds ("files", "directories", "nothing") or that the word is incomplete ("open"), then one candidate per
 * line, followed by a tab and its summary.
 */
import { JsonMmapError } from '../errors.js';
import { type Candidate, type Candidates, candidatesFor } from './completion/candidates.js';
import { splitLine, typed, type Unfinished } from './completion/words.js';
import type { Io } from './io.js';

/** Answers a completion script. A region that cannot be read has no candidates: a message would appear in the middle of the user's input. */
export async function complete(io: Io, [shell, ...args]: readonly string[]): Promise<void> {
  const { before, current } = shell === 'bash' ? lineOf(args) : wordsOf(args);
  const answer = await candidates(io, before, current.text);
  const lines = answer.found.flatMap((candidate) => lineFor(candidate, shell, current, args[1] ?? ''));
  await io.print([answer.open ? 'open' : answer.offer, ...lines].join('\n'));
}

function lineOf([line = '']: readonly string[]): { before: string[]; current: Unfinished } {
  const { before, current } = splitLine(line);
  return { before: before.slice(1), current };
}

function wordsOf(args: readonly string[]): { before: readonly string[]; current: Unfinished } {
  return { before: args.slice(0, -1), current: splitLine(args.at(-1) ?? '').current };
}

async function candidates(io: Io, before: readonly string[], current: string): Promise<Candidates> {
  try {
    return await candidatesFor(io, before, current);
  } catch (error) {
    if (error instanceof JsonMmapError) return { offer: 'nothing', found: [], open: false };
    throw error;
  }
}

/** Nothing for a text that is more than a line. */
function lineFor({ text, summary }: Candidate, shell: string, { raw, quote }: Unfinished, replaced: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) return [];
  if (shell !== 'bash') return [summary === undefined ? text : `${text}\t${summary}`];
  // bash replaces the text after its last word break, such as "=", or after the quote.
  const kept = raw.endsWith(replaced) ? raw.slice(0, raw.length - replaced.length) : '';
  const whole = typed(text, quote);
  return [whole.startsWith(kept) ? whole.slice(kept.length) : whole];
}
