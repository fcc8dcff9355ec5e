/** Numbers and times as people read them. */

const WHOLE = new Intl.NumberFormat('en');
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export function count(number: number): string {
  return WHOLE.format(number);
}

/** Returns `1 entry`, `2 entries`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Returns three digits and a unit, of 1024: `832 B`, `1.95 MiB`. */
export function bytes(number: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, unit] = [number, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** Returns how long ago a moment was: `now`, `12 s`, `3 min`. */
export function age(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, nowMs - atMs) / 1000;
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Returns the time of day with milliseconds: versions follow each other quickly. */
export function clock(atMs: number): string {
  const milliseconds = String(Math.floor(atMs) % 1000).padStart(3, '0');
  return `${CLOCK.format(atMs)}.${milliseconds}`;
}

export function date(atMs: number): string {
  return DAY.format(atMs);
}

/** Returns a share as a percentage: `12 %`, `0.3 %`. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const percent = (100 * part) / whole;
  return `${percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}
