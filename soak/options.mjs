// What a run is asked for.
import { parseArgs } from 'node:util';

const DEFAULT_KILLS_A_MINUTE = 60;
const USAGE = 'usage: npm run soak -- [--minutes N] [--followers N] [--kills N] [--seed N] [--json]';

/**
 * @typedef {object} Options
 * @property {number} minutes how long, at least; a run that has not killed enough masters by then goes on
 * @property {number} followers
 * @property {number} kills how many masters are killed
 * @property {number} seed of all that is random, but for what the scheduler does
 * @property {boolean} json one JSON document on stdout, nothing else
 */

/** Returns the options on the command line; ends the process where they make no sense. @returns {Options} */
export function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '1' },
        followers: { type: 'string', default: '16' },
        kills: { type: 'string' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        json: { type: 'boolean', default: false },
      },
    });
    const minutes = number('minutes', values.minutes, 0.05);
    return {
      minutes,
      followers: Math.floor(number('followers', values.followers, 1)),
      kills: Math.floor(number('kills', values.kills ?? String(minutes * DEFAULT_KILLS_A_MINUTE), 0)),
      seed: Math.floor(number('seed', values.seed, 0)),
      json: values.json,
    };
  } catch (error) {
    console.error(`soak: ${/** @type {Error} */ (error).message}\n${USAGE}`);
    process.exit(2);
  }
}

function number(name, text, least) {
  const value = Number(text);
  if (Number.isFinite(value) && value >= least) return value;
  throw new Error(`--${name} must be a number of at least ${least}, not ${JSON.stringify(text)}`);
}
