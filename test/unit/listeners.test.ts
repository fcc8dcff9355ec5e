/** What our emitters add to those of Node, and that all else is the same. */
import { EventEmitter, errorMonitor, once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Version } from '../../src/follower/version.js';
import type { Follower, Master, Selection } from '../../src/index.js';
import { Emitter, whenListenedTo } from '../../src/listeners.js';
import { newDirectory, openFollower, openMaster, until } from './master/kit.js';

let thrown: unknown[];
let catchers: NodeJS.UncaughtExceptionListener[];
beforeEach(() => {
  thrown = [];
  catchers = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => thrown.push(error));
});
afterEach(() => {
  process.removeAllListeners('uncaughtException');
  for (const listener of catchers) process.on('uncaughtException', listener);
});

type Anything = Record<string, unknown[]>;
const failing = (message: string) => () => {
  throw new Error(message);
};

describe('an emitter', () => {
  it('calls each listener, whatever others throw, and each error is an uncaught exception of its own', async () => {
    const emitter = new Emitter<Anything>();
    const told: unknown[] = [];
    emitter.on('x', failing('first'));
    emitter.once('x', failing('second'));
    emitter.on('x', (...values) => told.push(values));
    emitter.prependListener('x', failing('zeroth'));
    expect(emitter.emit('x', 1, 2)).toBe(true);
    expect(told).toEqual([[1, 2]]);
    await until('the exceptions', () => thrown.length === 3);
    expect(thrown.map((error) => (error as Error).message)).toEqual(['zeroth', 'first', 'second']);
    expect(emitter.listenerCount('x')).toBe(3);
  });

  /** The same steps on both; what happened, in order. */
  const scenarios: Record<string, (emitter: EventEmitter, note: (what: unknown) => void) => unknown> = {
    'the order of listeners': (emitter, note) => {
      emitter.on('x', () => note('on'));
      emitter.addListener('x', () => note('added'));
      emitter.prependListener('x', () => note('prepended'));
      emitter.prependOnceListener('x', () => note('prepended once'));
      emitter.once('x', () => note('once'));
      emitter.emit('x');
      emitter.emit('x');
      return emitter.eventNames();
    },
    'who is added meanwhile': (emitter, note) => {
      emitter.on('x', () => emitter.on('x', () => note('late')));
      emitter.emit('x');
      emitter.emit('x');
    },
    'who is removed meanwhile': (emitter, note) => {
      const last = () => note('last');
      emitter.on('x', () => emitter.off('x', last));
      emitter.on('x', last);
      emitter.emit('x');
      emitter.emit('x');
    },
    'an event within an event, once': (emitter, note) => {
      emitter.once('x', (depth) => {
        note(depth);
        emitter.emit('x', Number(depth) + 1);
      });
      emitter.on('x', (depth) => note(`always ${depth}`));
      emitter.emit('x', 0);
    },
    'the same listener twice': (emitter, note) => {
      const listener = () => note('called');
      emitter.on('x', listener).on('x', listener);
      emitter.emit('x');
      emitter.off('x', listener);
      emitter.emit('x');
    },
    'what `this` is': (emitter, note) => {
      emitter.on('x', function (this: unknown) {
        note(this === emitter);
      });
      emitter.once('x', function (this: unknown) {
        note(this === emitter);
      });
      emitter.emit('x');
    },
    'newListener and removeListener': (emitter, note) => {
      emitter.on('newListener', (name) => note(`new ${String(name)}`));
      emitter.on('removeListener', (name) => note(`gone ${String(name)}`));
      emitter.once('x', () => note('x'));
      emitter.emit('x');
      emitter.removeAllListeners();
    },
    nobody: (emitter) => emitter.emit('x'),
    'an error that nobody hears of': (emitter, note) => {
      emitter.on(errorMonitor, (error) => note(`monitored ${error}`));
      emitter.emit('error', new Error('unheard'));
    },
    'an error that somebody hears of': (emitter, note) => {
      emitter.on(errorMonitor, (error) => note(`monitored ${error}`));
      emitter.on('error', (error) => note(String(error)));
      return emitter.emit('error', new Error('heard'));
    },
    'no function': (emitter) => emitter.on('x', 'text' as never),
  };
  it.each(Object.entries(scenarios))('has of Node: %s', (_, scenario) => {
    const [ours, theirs] = [new Emitter<Anything>(), new EventEmitter()].map((emitter) => {
      const notes: unknown[] = [];
      try {
        const result = scenario(emitter as EventEmitter, (what) => notes.push(what));
        notes.push(result === emitter ? 'itself' : result);
      } catch (error) {
        notes.push(String(error));
      }
      return notes;
    });
    expect(ours).toEqual(theirs);
  });

  it('knows of each listener before it is there, also after all have been removed', async () => {
    const emitter = new Emitter<Anything>();
    const counts = new Set<number>(); // `once` may call `on`, so that it is asked twice
    whenListenedTo(emitter, () => counts.add(emitter.listenerCount('x')));
    emitter.on('x', () => {});
    expect([...counts]).toEqual([0]);
    emitter.removeAllListeners();
    counts.clear();
    emitter.once('x', () => {});
    expect([...counts]).toEqual([0]);
    const promise = once(emitter as EventEmitter, 'x');
    expect(counts.has(1)).toBe(true);
    emitter.emit('x', 'value');
    expect(await promise).toEqual(['value']);
  });
});

describe('all emitters of the package', () => {
  let master: Master;
  let follower: Follower;
  beforeEach(() => {
    const dir = newDirectory();
    master = openMaster(dir, { initial: { n: 0, other: 0 } });
    follower = openFollower(dir);
  });

  it('are of this kind', () => {
    for (const emitter of [master, follower, follower.select('/n')]) expect(emitter).toBeInstanceOf(Emitter);
  });

  it.each<['follower' | 'selection']>([['follower'], ['selection']])(
    'tell the listeners that come after removeAllListeners: a %s',
    async (kind) => {
      const emitter = (kind === 'follower' ? follower : follower.select('/n')) as EventEmitter;
      emitter.removeAllListeners();
      const told: unknown[] = [];
      emitter.on('change', () => told.push(1));
      master.set('/n', 1);
      await until('the change', () => told.length > 0);
      emitter.removeAllListeners();
      emitter.once('change', () => told.push(2));
      master.set('/n', 2);
      await until('the next change', () => told.length > 1);
      expect(told).toEqual([1, 2]);
    },
  );

  it.each<['publish' | 'change' | 'selection']>([['publish'], ['change'], ['selection']])(
    'tell all listeners of %s though the first throws',
    async (event) => {
      const emitter = { publish: master, change: follower, selection: follower.select('/n') }[event] as EventEmitter;
      const name = event === 'selection' ? 'change' : event;
      let told = 0;
      emitter.on(name, failing('in a listener'));
      emitter.on(name, () => told++);
      expect(master.set('/n', 1)).toBe(2);
      await until('the news', () => told === 1);
      await until('the exception', () => thrown.length === 1);
      expect(thrown).toEqual([expect.objectContaining({ message: 'in a listener' })]);
    },
  );
});

describe('a selection that nobody listens to', () => {
  let master: Master;
  let follower: Follower;
  let versions: number[];
  beforeEach(() => {
    const dir = newDirectory();
    master = openMaster(dir, { initial: { n: 0, other: 0 } });
    follower = openFollower(dir);
    versions = [];
    follower.on('change', ({ version }) => versions.push(version));
  });
  afterEach(() => vi.restoreAllMocks());

  const told = (version: number) => until(`version ${version}`, () => versions.includes(version));

  it('is not brought up to date, but when it is asked', async () => {
    const selections = Array.from({ length: 100 }, () => follower.select('/n'));
    const valueRef = vi.spyOn(Version.prototype, 'valueRef');
    await told(master.set('/n', 1));
    expect(valueRef).not.toHaveBeenCalled();
    expect(selections[0].value).toBe(1);
    expect(valueRef).toHaveBeenCalledTimes(1);
  });

  it('is not held', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const forgotten = Array.from({ length: 100 }, (_, i) => new WeakRef(heardOnce(follower.select('/n'), i)));
    await told(master.set('/n', 1)); // who has lost its listeners is let go then
    await until('all are gone', () => {
      gc();
      return forgotten.every((reference) => reference.deref() === undefined);
    });
  });

  /** Every second one has had a listener for a while. */
  function heardOnce(selection: Selection, i: number): Selection {
    const listener = () => {};
    if (i % 2 === 1) selection.on('change', listener).off('change', listener);
    return selection;
  }

  it('is held once somebody does, and tells at once what changed since its value was read', async () => {
    const heard: unknown[] = [];
    const selection = follower.select('/n');
    await told(master.set('/n', 1));
    selection.on('change', ({ value, previous }) => heard.push([previous, value]));
    await until('the news', () => heard.length === 1);
    await told(master.set('/n', 2));
    selection.removeAllListeners();
    await told(master.set('/n', 3));
    expect(selection.value).toBe(3);
    selection.on('change', ({ value, previous }) => heard.push([previous, value]));
    await told(master.set('/other', 1));
    await told(master.set('/n', 4));
    expect(heard).toEqual([
      [0, 1],
      [1, 2],
      [3, 4],
    ]);
  });

  it('tells nothing after close, to whoever listens', async () => {
    const selection = follower.select('/n');
    selection.close();
    selection.on('change', () => thrown.push('told'));
    await told(master.set('/n', 1));
    expect(thrown).toEqual([]);
  });
});
