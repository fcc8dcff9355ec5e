/**
 * One rule for the numbers of all formats. A number of JSON is a double here. Up to 2^53 a double has every whole number, and a fraction becomes the
 * nearest double, as everywhere. Beyond, a double changes the whole part of most numbers, so a text is refused unless the double is exactly what it says, or
 * prints as what it says (1e21, 1e300). Texts that become infinite, or zero though they are not, are refused.
 */
import { SourceFault, shown } from './position.js';

/** What the reader of a document asked for. */
export interface NumberOptions {
  /** Takes the nearest double for a number that JSON's numbers cannot hold. Infinite numbers and NaN stay refused: nothing is near them. */
  readonly roundNumbers?: boolean | undefined;
}

/** Up to so many characters a text without an exponent is below 2^53. */
const SURELY_HELD_LENGTH = 15;

/**
 * Checks one number of a text. O(length).
 * @param literal the text of the number at `offset`
 * @param value what the parser of the format makes of it
 * @throws `SourceFault` where the value is not the number that is written
 */
export function checkNumber(
  text: string,
  offset: number,
  literal: string,
  value: number,
  { roundNumbers = false }: NumberOptions,
): void {
  if (!Number.isFinite(value))
    throw SourceFault.at(text, offset, `JSON has no number ${shown(literal)}: write it as text`);
  if (roundNumbers || isHeld(literal, value)) return;
  const reason = `the number ${shown(literal)} would become ${value}: write it as text, or use --round-numbers`;
  throw SourceFault.at(text, offset, reason);
}

function isHeld(literal: string, value: number): boolean {
  if (value === 0) return isZero(literal);
  if (Math.abs(value) < 2 ** 53) return true;
  if (isOtherBase(literal)) return BigInt(literal.replace(/^[+-]|_/g, '')) === BigInt(Math.abs(value));
  const written = decimalOf(literal);
  return written === decimalOf(String(value)) || written === decimalOf(String(BigInt(value)));
}

/** Whether a text of digits, without looking at its value, is surely a number that a double has. */
export function isSurelyHeld(literal: string): boolean {
  return literal.length <= SURELY_HELD_LENGTH && /^-?\d+$/.test(literal);
}

function isOtherBase(literal: string): boolean {
  return /^[+-]?0[xob]/i.test(literal);
}

function isZero(literal: string): boolean {
  return isOtherBase(literal) || !/[1-9]/.test(literal.split(/e/i)[0]);
}

/** Returns one text for all ways to write a number: its digits without outer zeros, and the power of ten of the last one. */
function decimalOf(literal: string): string {
  const [mantissa, exponent = '0'] = literal
    .replace(/^[+-]|_/g, '')
    .toLowerCase()
    .split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const trimmed = withoutZerosBehind(digits);
  return `${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

/** A regular expression would look at each run of zeros again from each of its zeros. */
function withoutZerosBehind(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
