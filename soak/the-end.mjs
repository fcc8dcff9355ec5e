// What is there when the last master of a region has closed, and must not be.
import { readdirSync } from 'node:fs';
import { check, Follower } from 'jsonmmap';

/**
 * Returns what is wrong with the files of a region that nobody writes any more: files that do not belong to it, and what `check` finds; and how
 * many segments it has had.
 */
export function inspectEnd({ name, dir }) {
  const segments = segmentsOf(name, dir);
  const expected = new Set([`${name}.ctl`, `${name}.lock`, ...segments.map((number) => `${name}.${number}.seg`)]);
  const there = readdirSync(dir);
  const orphaned = there.filter((file) => !expected.has(file)).map((file) => `${file} is left over`);
  const missing = [...expected].filter((file) => !there.includes(file)).map((file) => `${file} is missing`);
  const { problems } = check(name, { dir, versions: Number.POSITIVE_INFINITY });
  const found = problems.map(({ severity, path, message }) => `${severity}: ${path}: ${message}`);
  return { problems: [...orphaned, ...missing, ...found], segments: segments[0] };
}

/** Those that the guaranteed versions live in, newest first. */
function segmentsOf(name, dir) {
  const follower = Follower.open(name, { dir });
  const guaranteed = follower.history().slice(0, follower.status().history);
  follower.close();
  return guaranteed.map(({ segment }) => segment);
}
