/** Sizes and times as people write them. */
import { createRequire } from 'node:module';

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/**
 * Returns the bytes of a size such as "64MB", "1.5 GiB", "200k" or "1000000"; undefined for another text. Units are powers of 1024, as everywhere in
 * this command: MB and MiB are the same.
 */
export function bytesOf(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) *(?:([kmgt])i?)?b?$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  const { parse } = createRequire(import.meta.url)('bytes') as typeof import('bytes');
  const bytes = parse(`${number}${unit ?? ''}b`);
  return bytes === null || !Number.isSafeInteger(bytes) ? undefined : bytes;
}

/** The longest time that is taken; a timer of Node takes 596 hours, and fires at once for more. */
export const HOURS_MAX = 500;
export const TIME_MAX_MS = HOURS_MAX * TIMES.h;

/**
 * Returns the milliseconds of a time such as "500ms", "5s", "2m" or "1h"; undefined for another text. Never 0 for a time that is more.
 * @param unit That of a number alone.
 */
export function millisecondsOf(text: string, unit: 'ms' | 's'): number | undefined {
  const [, number, named = unit] = /^(\d+(?:\.\d+)?) *(ms|s|m|min|h)?$/.exec(text) ?? [];
  return number === undefined ? undefined : Math.ceil(Number(number) * TIMES[named]);
}
