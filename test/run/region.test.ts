/** A region whose files are deleted, or taken, under a run. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Follower, Master, remove } from '../../src/index.js';
import { isFull } from '../effort.js';
import { runs, until, Workplace } from './running.js';

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.save('first');
});
afterEach(() => place.close());

const all = (value: unknown, workers: number) => () => {
  const values = [...place.lastValues()];
  return values.length === workers && values.every((seen) => seen === value);
};

/** What happens to the files; in the short run the first of it. */
const LOSSES: [how: string, lose: () => void][] = [
  ['with its directory', () => rmSync(place.regions, { recursive: true })],
  [
    'but for its control file',
    () => {
      for (const name of readdirSync(place.regions)) if (name !== 'app.ctl') rmSync(join(place.regions, name));
    },
  ],
  ['as its owner removes it', () => remove('app', { dir: place.regions, force: true })],
];

describe('a region that is lost', () => {
  it.each(isFull ? LOSSES : LOSSES.slice(0, 1))(
    '%s is made anew, with what others have written',
    async (_how, lose) => {
      const { child, output, ended } = place.run(['--followers', '2']);
      await until('all see the first value', all('first', 2));
      expect(await place.verb('set', 'app', '/other', '5')).toMatchObject({ code: 0 });
      lose();
      await until(
        () => `it is made anew: ${output.err}`,
        () => output.err.includes('in a new region'),
      );
      const follower = Follower.open('app', { dir: place.regions });
      expect(follower.current).toEqual({ value: 'first', other: 5 });
      follower.close();
      expect(await place.verb('set', 'app', '/other', '6')).toMatchObject({ code: 0 });
      expect(existsSync(join(place.regions, 'app.run'))).toBe(true);
      place.save('second');
      await until('all see the second value', all('second', 2));
      expect(place.lines().filter(({ event }) => event === 'start')).toHaveLength(2);
      child.kill('SIGTERM');
      expect(await ended).toBe(143);
    },
  );

  it('ends the run with a code of its own when another master has taken it', async () => {
    const { output, ended } = place.run(['--followers', '2']);
    await until('all see the first value', all('first', 2));
    remove('app', { dir: place.regions, force: true });
    const master = Master.open('app', { dir: place.regions, initial: { value: 'taken' } });
    expect(await ended).toBe(10);
    expect(output.err).toContain(`the region app was taken: process ${process.pid} is its master now`);
    expect(place.lines().filter(({ pid }) => runs(pid))).toEqual([]);
    expect(place.lines().filter(({ event }) => event === 'sigterm')).toHaveLength(2);
    expect(master.current).toEqual({ value: 'taken' });
    master.close();
  });
});
