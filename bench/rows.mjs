// A row of the table: what was measured, beside what, and whether the target holds.

/**
 * @typedef {object} Target
 * @property {string} text
 * @property {number} [atMost] limit of the measured value, in its unit
 * @property {number} [ratioAtMost] limit of measured / baseline
 * @property {number} [fasterBy] least baseline / measured
 *
 * @typedef {object} Row
 * @property {string} what
 * @property {'ns' | 'bytes' | 'times' | 'count'} unit
 * @property {number} measured
 * @property {{ name: string, value: number } | undefined} baseline
 * @property {number | undefined} ratio measured / baseline
 * @property {string} target
 * @property {boolean | undefined} holds undefined for a row without a target
 */

/**
 * Makes a row.
 * @param {string} what
 * @param {{ unit?: Row['unit'], measured: number, baseline?: [name: string, value: number], target?: Target }} values
 * @returns {Row}
 */
export function row(what, { unit = 'ns', measured, baseline, target }) {
  const ratio = baseline && measured / baseline[1];
  return {
    what,
    unit,
    measured,
    baseline: baseline && { name: baseline[0], value: baseline[1] },
    ratio,
    target: target?.text ?? '',
    holds: target && holds(target, measured, ratio),
  };
}

function holds({ atMost = Infinity, ratioAtMost = Infinity, fasterBy = 0 }, measured, ratio = 0) {
  return measured <= atMost && ratio <= ratioAtMost && ratio * fasterBy <= 1;
}
