/** Loads that take long, and what happens meanwhile. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Follower } from '../../src/index.js';
import { Conflated } from '../../src/run/conflated.js';
import { rawOutput } from '../../src/run/output.js';
import { Run, type RunOptions } from '../../src/run/run.js';
import { until } from './running.js';

/** Loads under way: each has read its file, and waits for the test to let it end. */
const loads: { finish: () => void; fail: (error: Error) => void }[] = [];
let loaded = 0;

vi.mock('../../src/sources/files.js', () => ({
  loadFiles: ([{ name }]: { name: string }[]) => {
    loaded++;
    const document = JSON.parse(readFileSync(name, 'utf8'));
    return new Promise((resolve, reject) => loads.push({ finish: () => resolve(document), fail: reject }));
  },
}));

let directory: string;
let file: string;
let run: Run | undefined;
let stopped: AbortController;
let told: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'loads-'));
  file = join(directory, 'app.json');
  writeFileSync(file, '1');
  stopped = new AbortController();
  told = [];
  loads.length = 0;
  loaded = 0;
});
afterEach(async () => {
  run?.stop();
  for (const load of loads) load.finish();
  await run?.done.catch(() => {});
  run = undefined;
  rmSync(directory, { recursive: true });
});

function options(): RunOptions {
  const log = {
    note: (text: string) => told.push(text),
    fail: (error: unknown) => told.push(String(error)),
    request: () => {},
  };
  return {
    name: 'app',
    dir: join(directory, 'regions'),
    mode: undefined,
    history: undefined,
    maxBytes: undefined,
    durability: undefined,
    files: [{ name: file, format: undefined }],
    upstreams: [],
    upstream: { requireLive: false },
    schema: undefined,
    control: false,
    followers: 0,
    command: undefined,
    metrics: undefined,
    output: rawOutput,
    graceMs: 1000,
    crashesMax: 1,
    attach: false,
    log,
    signal: stopped.signal,
  };
}

async function nextLoad() {
  await until('a load is under way', () => loads.length > 0);
  return loads.shift() as (typeof loads)[0];
}

/** Starts a run whose first load ends at once. */
async function started(): Promise<Run> {
  const start = Run.start(options());
  (await nextLoad()).finish();
  run = await start;
  return run;
}

const published = () => {
  const follower = Follower.open('app', { dir: join(directory, 'regions') });
  const { current } = follower;
  follower.close();
  return current;
};

describe('a load', () => {
  it('during which the file changes is followed by another one: at the start', async () => {
    const start = Run.start(options());
    const first = await nextLoad();
    writeFileSync(file, '2');
    first.finish();
    run = await start;
    (await nextLoad()).finish();
    await until('the last save is published', () => published() === 2);
  });

  it('that fails is tried again where the file has changed meanwhile, and ends the start where it has not', async () => {
    const start = Run.start(options());
    const first = await nextLoad();
    writeFileSync(file, '22');
    first.fail(new Error('half of it'));
    (await nextLoad()).finish();
    run = await start;
    expect(published()).toBe(22);

    const second = Run.start({ ...options(), name: 'other' });
    const outcome = expect(second).rejects.toThrow('broken');
    let isOver = false;
    void outcome.then(() => {
      isOver = true;
    });
    // The save above may be so fresh that it is looked at again.
    while (!isOver) {
      loads.shift()?.fail(new Error('broken'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await outcome;
  });

  it('is never doubled, and one more follows for all that was asked meanwhile', async () => {
    const there = await started();
    there.reload();
    const second = await nextLoad();
    writeFileSync(file, '2');
    for (let i = 0; i < 5; i++) there.reload();
    expect(loads).toEqual([]);
    second.finish();
    (await nextLoad()).finish();
    await until('the last save is published', () => published() === 2);
    const soFar = loaded;
    there.stop();
    await there.done;
    expect(soFar).toBeLessThanOrEqual(4); // one more may be for the event of the save
  });

  it('that ends after the run publishes nothing', async () => {
    const there = await started();
    writeFileSync(file, '2');
    there.reload();
    const load = await nextLoad();
    there.stop();
    expect(await there.done).toBe('stopped');
    load.finish();
    expect(published()).toBe(1);
    expect(told).toEqual([]);
  });

  it('that fails is told, whatever it throws, and the next one counts', async () => {
    const there = await started();
    for (const error of [new RangeError('too deep'), new Error('of ours')]) {
      there.reload();
      (await nextLoad()).fail(error);
      await until('it is told', () => told.includes(String(error)));
    }
    writeFileSync(file, '3');
    there.reload();
    // One for a look at the save of before may have begun already, and read that.
    await until('the save is published', () => {
      loads.shift()?.finish();
      return published() === 3;
    });
  });

  it('is given up when the run is stopped before it has begun', async () => {
    const start = Run.start(options());
    await nextLoad();
    stopped.abort();
    await expect(start).rejects.toBe(stopped.signal.reason);
  });
});

describe('Conflated', () => {
  it('runs one at a time, and answers each request with a run that began after it', async () => {
    const ends: (() => void)[] = [];
    let under = 0;
    let most = 0;
    const conflated = new Conflated(async () => {
      most = Math.max(most, ++under);
      await new Promise<void>((resolve) => ends.push(resolve));
      under--;
    });
    const answered: number[] = [];
    const ask = (number: number) => conflated.request().then(() => answered.push(number));
    const first = ask(1);
    const others = [ask(2), ask(3)];
    ends[0]();
    await first;
    await until('the second runs', () => ends.length === 2);
    expect(answered).toEqual([1]);
    const late = ask(4);
    ends[1]();
    await Promise.all(others);
    expect(answered).toEqual([1, 2, 3]);
    await until('the third runs', () => ends.length === 3);
    ends[2]();
    await late;
    expect(most).toBe(1);
    expect(ends).toHaveLength(3);
  });

  it('goes on after a run that fails', async () => {
    let runs = 0;
    const conflated = new Conflated(async () => {
      runs++;
      if (runs === 1) throw new Error('the first');
    });
    const [first, second] = await Promise.allSettled([conflated.request(), conflated.request()]);
    expect([first.status, second.status, runs]).toEqual(['rejected', 'fulfilled', 2]);
    await conflated.request();
    expect(runs).toBe(3);
  });
});
