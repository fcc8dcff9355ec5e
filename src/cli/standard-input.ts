/** The names of standard input, which is read as it comes: what they name cannot always be opened. */
const STANDARD_INPUT = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];

/** Whether a name among the arguments means standard input. */
export function isStandardInput(file: string): boolean {
  return STANDARD_INPUT.includes(file);
}
