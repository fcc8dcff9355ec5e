/** Selections: one path, and news only of that. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Follower, Master, Selection } from '../../../src/index.js';
import { codeOf, newDirectory, openFollower, openMaster, until } from '../master/kit.js';

interface Config {
  flags: Record<string, unknown>;
  other: unknown;
}

let master: Master<Config>;
let follower: Follower<Config>;
beforeEach(() => {
  const dir = newDirectory();
  master = openMaster<Config>(dir, { initial: { flags: { beta: { on: true }, list: [1, 2] }, other: 0 } });
  follower = openFollower<Config>(dir);
});

/** All that a selection tells. */
function listen(selection: Selection): { value: unknown; previous: unknown; version: number }[] {
  const told: { value: unknown; previous: unknown; version: number }[] = [];
  selection.on('change', (change) => told.push(change));
  return told;
}

/** Resolves when everything written so far has been told. */
async function settled(): Promise<void> {
  let version = 0;
  follower.on('change', (change) => {
    version = change.version;
  });
  const last = master.set('/settled', master.version);
  await until('the newest version', () => version === last);
}

describe('a selection', () => {
  it('has the newest value, the same object while nothing in it changed', () => {
    const beta = follower.select<{ on: boolean }>('/flags/beta');
    const before = beta.value;
    expect(before).toEqual({ on: true });
    master.set('/other', 1);
    expect(beta.value).toBe(before);
    master.set('/flags/beta/on', false);
    expect(beta.value).toEqual({ on: false });
    expect(beta.path).toBe('/flags/beta');
    expect(follower.select(['flags', 'list', 0]).value).toBe(1);
    expect(follower.select('').value).toEqual(follower.current);
    expect(follower.select('/flags/none').value).toBeUndefined();
  });

  it('tells what changed, and nothing else', async () => {
    const told = listen(follower.select('/flags/beta'));
    const scalar = listen(follower.select('/other'));
    master.set('/flags/list/0', 7);
    const version = master.set('/flags/beta/on', false);
    await until('the change', () => told.length > 0);
    expect(told).toEqual([{ value: { on: false }, previous: { on: true }, version }]);
    await settled();
    expect(told.length).toBe(1);
    expect(scalar).toEqual([]);
  });

  it('tells a new listener what changed since the value was read, and not what was read', async () => {
    const [read, unread] = [follower.select('/other'), follower.select('/other')];
    master.set('/other', 1);
    expect(read.value).toBe(1);
    const told = listen(read);
    const toldAll = listen(unread);
    await until('what was not read', () => toldAll.length === 1);
    expect(toldAll[0]).toMatchObject({ value: 1, previous: 0 });
    expect(told).toEqual([]);
    master.set('/other', 2);
    await until('the change', () => told.length > 0);
    expect(told).toMatchObject([{ value: 2, previous: 1 }]);
  });

  it('tells that something came, and went', async () => {
    const told = listen(follower.select('/flags/new'));
    master.set('/flags/new', [1]);
    await until('the value', () => told.length === 1);
    master.set('/flags/new/-', 2);
    await until('its change', () => told.length === 2);
    master.delete('/flags/new');
    await until('its end', () => told.length === 3);
    expect(told.map(({ value }) => value)).toEqual([[1], [1, 2], undefined]);
    expect(told.map(({ previous }) => previous)).toEqual([undefined, [1], [1, 2]]);
  });

  it('sleeps through a rewrite that leaves its value equal', async () => {
    const beta = follower.select('/flags/beta');
    const before = beta.value;
    const told = listen(beta);
    const flags = { beta: { on: true }, list: Array.from({ length: 50_000 }, (_, i) => `new ${i}`) };
    master.write({ other: 'everything is new', flags });
    master.write({ flags: { ...flags, list: [] }, other: [] });
    await settled();
    expect(told).toEqual([]);
    expect(beta.value).toBe(before);
  });

  it('sleeps through compactions', async () => {
    const told = listen(follower.select('/flags'));
    const before = master.sizes().at(-1)?.path;
    for (let i = 0; master.sizes().at(-1)?.path === before; i++) master.set('/other', `${i}`.repeat(20_000));
    await settled();
    expect(told).toEqual([]);
  });

  it('tells the newest of many changes', async () => {
    const told = listen(follower.select('/other'));
    for (let i = 1; i <= 1000; i++) master.set('/other', i);
    await until('the last', () => told.at(-1)?.value === 1000);
    expect(told.length).toBeLessThan(100);
  });

  it('never goes back, made and read while another one is being told', async () => {
    const other = follower.select('/other');
    let told: ReturnType<typeof listen> | undefined;
    other.once('change', () => {
      master.set('/flags/beta', 'newer');
      const beta = follower.select('/flags/beta');
      expect(beta.value).toBe('newer');
      told = listen(beta);
    });
    master.set('/other', 1);
    await until('the other to be told', () => told !== undefined);
    await settled();
    expect(told).toEqual([]);
  });

  it('ends with close, its own or that of its follower', async () => {
    const [one, two] = [follower.select('/other'), follower.select('/other')];
    const [first, second] = [listen(one), listen(two)];
    one.close();
    one.close();
    master.set('/other', 1);
    await until('the change', () => second.length === 1);
    expect(first).toEqual([]);
    expect(one.value).toBe(1);
    follower.close();
    expect(codeOf(() => two.value)).toBe('ERR_CLOSED');
    expect(two.listenerCount('change')).toBe(0);
    expect(codeOf(() => follower.select('/other'))).toBe('ERR_CLOSED');
  });

  it('refuses what is no path', () => {
    expect(codeOf(() => follower.select('other'))).toBe('ERR_PATH_INVALID');
  });
});
