/** Parameters of a request's URL, checked. */
import { BadRequest } from './answers.js';

/** A whole number, 0 or more; `otherwise` where it is not given. @throws `BadRequest` */
export function wholeNumber<T extends number | undefined>(url: URL, name: string, otherwise: T): number | T {
  const text = url.searchParams.get(name);
  if (text === null || text === '') return otherwise;
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new BadRequest(400, `${name} must be a whole number, 0 or more`);
}

export function text(url: URL, name: string): string {
  return url.searchParams.get(name) ?? '';
}
