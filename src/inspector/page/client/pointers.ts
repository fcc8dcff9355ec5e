/** JSON pointers (RFC 6901), as the page needs them. */

/** Returns the tokens of a pointer; none for the whole document. */
export function tokensOf(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer.slice(1).split('/').map(unescaped);
}

export function childOf(pointer: string, key: string): string {
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Returns the pointer of the container, or undefined for the whole document. */
export function parentOf(pointer: string): string | undefined {
  return pointer === '' ? undefined : pointer.slice(0, pointer.lastIndexOf('/'));
}

/** Returns the last key, without escapes. */
export function keyOf(pointer: string): string {
  return unescaped(pointer.slice(pointer.lastIndexOf('/') + 1));
}

/** Whether the value at `pointer` is at `ancestor`, or in the value there. */
export function isWithin(pointer: string, ancestor: string): boolean {
  return pointer === ancestor || pointer.startsWith(`${ancestor}/`);
}

function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Returns the command that sets a value. Quoted for POSIX shells: between single quotes nothing has a meaning but the quote itself. */
export function setCommand(region: string, pointer: string, json: string): string {
  return `jsonmmap set ${quoted(region)} ${quoted(pointer)} ${quoted(json)}`;
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
