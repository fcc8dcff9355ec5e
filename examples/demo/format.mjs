/** Numbers as people read them. */
export function bytes(count) {
  if (count < 1e6) return `${(count / 1e3).toFixed(0)} kB`;
  return `${(count / 1e6).toFixed(1)} MB`;
}

export function duration(ms) {
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

export function number(count) {
  return Math.round(count).toLocaleString('en-US');
}

/** `none` where there is no value. */
export function maybe(value, format, none = '–') {
  return value === undefined ? none : format(value);
}
