/** The master's end of the doorbell: on this thread while that is quick, in the thread pool while it is not. */
import { closeSync, openSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bell } from '../../../../src/region/notify/bell.js';
import { newDirectory } from '../kit.js';

const AT = 1_000_000_000_000;
const PATIENCE = { timeout: 10_000, interval: 1 };

describe('Bell', () => {
  let path: string;
  let fd: number;
  beforeEach(() => {
    path = join(newDirectory(), 'b.ctl');
    writeFileSync(path, '', { mode: 0o600 });
    fd = openSync(path, 'r+');
  });
  afterEach(() => closeSync(fd));

  let clockMs = 0;
  /** What goes by between two looks at the clock. */
  let ringMs: number;
  const newBell = () => {
    const now = () => {
      clockMs += ringMs;
      return clockMs;
    };
    return new Bell(fd, path, now);
  };
  const rungAt = () => statSync(path).mtimeMs;

  it('rings before it returns while that is quick', () => {
    ringMs = 0.1;
    const bell = newBell();
    for (let i = 1; i <= 3; i++) {
      bell.ring(AT + i * 1000);
      expect(rungAt()).toBe(AT + i * 1000);
    }
    bell.close();
  });

  it('rings later while that is slow, and for the newest of what came meanwhile', async () => {
    ringMs = 5;
    const bell = newBell();
    bell.ring(AT);
    expect(rungAt()).toBe(AT);
    for (let i = 1; i <= 100; i++) bell.ring(AT + i * 1000);
    expect(rungAt()).toBeLessThanOrEqual(AT + 1000); // the first of them at most
    await expect.poll(rungAt, PATIENCE).toBe(AT + 100_000);
    bell.close();
  });

  it('rings here again when that has become quick', async () => {
    ringMs = 5;
    const bell = newBell();
    bell.ring(AT);
    ringMs = 0.1;
    bell.ring(AT + 1000); // still in the pool, and quick
    await expect.poll(rungAt, PATIENCE).toBe(AT + 1000);
    let at = AT + 1000;
    const ringsHere = () => {
      at += 1000;
      bell.ring(at);
      return rungAt() === at;
    };
    await expect.poll(ringsHere, PATIENCE).toBe(true); // once the pool has said that it is done
    bell.close();
  });

  it.skipIf(process.platform !== 'linux')(
    'gives its descriptor back, also when it is closed while it rings',
    async () => {
      const descriptors = () => readdirSync('/proc/self/fd').length;
      const before = descriptors();
      ringMs = 5;
      for (let i = 0; i < 20; i++) {
        const bell = newBell();
        bell.ring(AT);
        bell.ring(AT + 1000);
        if (i % 2 === 0) await delay(1);
        bell.close();
        bell.close();
      }
      await expect.poll(descriptors, PATIENCE).toBe(before);
    },
  );

  it('touches no other file that has taken the path', async () => {
    ringMs = 5;
    const bell = newBell();
    bell.ring(AT);
    renameSync(path, `${path}.old`);
    writeFileSync(path, '', { mode: 0o600 });
    const untouched = rungAt();
    bell.ring(AT + 1000);
    await delay(20);
    expect(rungAt()).toBe(untouched);
    expect(statSync(`${path}.old`).mtimeMs).toBe(AT + 1000);
    bell.close();
  });
});
