/** Words for the shell: a hint can be copied unchanged. */

/** Returns `word` so that a shell reads it as one word, with quotes only where they are needed. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Returns a command line of ours; what is undefined is left out. */
export function ourCommand(...words: readonly (string | undefined)[]): string {
  return ['jsonmmap', ...words.filter((word) => word !== undefined).map(shellWord)].join(' ');
}

/** The words that name the directory `dir`, where one is named. */
export function inDir(dir: string | undefined): string[] {
  return dir === undefined ? [] : ['--dir', dir];
}
