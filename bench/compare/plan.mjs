// What is measured, in which order, and for how long.
import { documents } from './documents.mjs';
import { peers } from './peers/index.mjs';

/** The rows that can be chosen, and the kind of trial that gives them. */
export const kinds = {
  alone: 'one follower: reads, updates, memory, stalls, opening, each document',
  together: 'many followers of one document: what they hear, what they take',
  limits: 'the machine itself, in C',
};

/** `minutes`: a further round begins a trial only if it can end by then. `budgetMs`: for each series of measurements. */
const settings = {
  quick: {
    minutes: 5,
    budgetMs: 150,
    crowds: { flags: [8, 64], 'users-10m': [8] },
    without: ['users-10k', 'cities'],
  },
  full: {
    minutes: 23,
    budgetMs: 500,
    crowds: { flags: [2, 4, 8, 16, 32, 64], 'users-10m': [1, 8, 32, 64] },
    without: [],
  },
};

/**
 * Makes the list of trials of one round; the peers take turns at each document.
 * @param {boolean} quick
 * @param {string[]} chosen kinds
 */
export function makePlan(quick, chosen) {
  const { minutes, budgetMs, crowds, without } = settings[quick ? 'quick' : 'full'];
  const names = Object.keys(documents).filter((name) => !without.includes(name));
  const shapes = [
    ...names.map((name) => ({ kind: 'alone', name, followers: 1 })),
    ...Object.entries(crowds).flatMap(([name, counts]) =>
      counts.map((followers) => ({ kind: 'together', name, followers })),
    ),
  ];
  const wanted = shapes.filter(({ kind }) => chosen.includes(kind));
  const round = wanted.flatMap((shape) => Object.keys(peers).map((peer) => ({ ...shape, peer })));
  return { minutes, budgetMs, round };
}
