// What a program tells the conductor at once: one JSON text a line on its standard output, written before this returns.
import { writeSync } from 'node:fs';

/** What several processes write to one pipe stays whole up to this length (pipe(7)). */
const PIPE_BYTES = 4096;
const LONGEST_FAULT = 2500;

let from = {};

/** Puts `tag` into all that is said: several processes share one output. @param {object} tag */
export function sayAs(tag) {
  from = tag;
}

/** @param {{ fault?: string }} what */
export function say(what) {
  const line = `${JSON.stringify({ ...from, ...what })}\n`;
  if (line.length < PIPE_BYTES || what.fault === undefined) writeSync(1, line);
  else say({ ...what, fault: what.fault.slice(0, LONGEST_FAULT / 2) });
}
