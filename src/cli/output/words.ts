/** Numbers as a person says them. */

const SIZE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
const AGE_UNITS: readonly [name: string, seconds: number][] = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** Returns a size such as "20 KiB" or "1.4 MiB". */
export function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < SIZE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.5 || Number.isInteger(value) ? 0 : 1;
  return bytes === 1 ? '1 byte' : `${value.toFixed(digits)} ${SIZE_UNITS[unit]}`;
}

/** Returns how long ago something was, such as "3 minutes ago". */
export function ago(ageMs: number): string {
  const seconds = ageMs / 1000;
  const unit = AGE_UNITS.find(([, length]) => seconds >= length);
  return unit === undefined ? 'just now' : `${count(Math.floor(seconds / unit[1]), unit[0])} ago`;
}

/** Returns a duration with a unit that suits it, such as "180 ns" or "2.4 ms". */
export function duration(ns: number): string {
  const [value, unit] =
    ns < 1e3 ? [ns, 'ns'] : ns < 1e6 ? [ns / 1e3, 'µs'] : ns < 1e9 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** Returns a number of things, such as "1 version" or "12,000 versions". */
export function count(number: number, thing: string, things = `${thing}s`): string {
  return `${grouped(number)} ${number === 1 ? thing : things}`;
}

export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** Returns the local date and time, to the second. */
export function localTime(ms: number): string {
  const date = new Date(ms);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-');
  return `${day} ${clock(ms)}`;
}

/** Returns the local time of day, to the second. */
export function clock(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
