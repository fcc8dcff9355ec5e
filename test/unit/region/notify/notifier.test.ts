/** The master's end of a notification: on this thread while that is quick, in the thread pool while it is not. */
import { closeSync, futimes, futimesSync, openSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Control } from '../../../../src/region/control/control.js';
import { Notifier } from '../../../../src/region/notify/notifier.js';
import type { Woken } from '../../../../src/system/contract.js';
import { newDirectory } from '../kit.js';

const AT = 1_000_000_000_000;
const PATIENCE = { timeout: 10_000, interval: 1 };

describe('Notifier', () => {
  let path: string;
  let fd: number;
  beforeEach(() => {
    path = join(newDirectory(), 'b.ctl');
    writeFileSync(path, '', { mode: 0o600 });
    fd = openSync(path, 'r+');
    waiting = 0;
    done = { here: 0, inPool: 0 };
  });
  afterEach(() => closeSync(fd));

  /** Changes of the wake word. */
  let changes = 0;
  /** How many processes each notification wakes. */
  let waiting: number;
  /** Notifications on this thread, and those that the pool has done. */
  let done: { here: number; inPool: number };
  let clockMs = 0;
  /** What goes by between two looks at the clock. */
  let callMs: number;
  const newNotifier = () => {
    const now = () => {
      clockMs += callMs;
      return clockMs;
    };
    const counts = done; // a call of the pool may come to its end in the next test
    const control = {
      path,
      announce: (touched: number, atMs: number) => {
        changes++;
        counts.here++;
        futimesSync(touched, atMs / 1000, atMs / 1000);
        return waiting;
      },
      changeWakeWord: () => changes++,
      wakeInPool: (touched: number, atMs: number, tell: Woken) =>
        futimes(touched, atMs / 1000, atMs / 1000, (error) => {
          tell(error, waiting);
          counts.inPool++;
        }),
    };
    return new Notifier({ fd, control: control as unknown as Control }, now);
  };
  const notifiedAt = () => statSync(path).mtimeMs;

  it('notifies before it returns while that is quick', () => {
    callMs = 0.1;
    const notifier = newNotifier();
    for (let i = 1; i <= 3; i++) {
      notifier.notify(AT + i * 1000);
      expect(notifiedAt()).toBe(AT + i * 1000);
    }
    notifier.close();
  });

  it('notifies later while that is slow, and for the newest of what came meanwhile', async () => {
    callMs = 5;
    const notifier = newNotifier();
    notifier.notify(AT);
    expect(notifiedAt()).toBe(AT);
    const before = changes;
    for (let i = 1; i <= 100; i++) notifier.notify(AT + i * 1000);
    expect(changes).toBe(before + 100); // at once: nobody begins to wait who has not seen it
    expect(notifiedAt()).toBeLessThanOrEqual(AT + 1000); // the first of them at most
    await expect.poll(notifiedAt, PATIENCE).toBe(AT + 100_000);
    notifier.close();
  });

  it('notifies in the pool while several processes are woken, however quick that is', async () => {
    callMs = 0;
    waiting = 3;
    const notifier = newNotifier();
    notifier.notify(AT);
    expect(done.here).toBe(1); // it was not known before
    for (let i = 1; i <= 3; i++) {
      notifier.notify(AT + i * 1000);
      await expect.poll(() => done.inPool, PATIENCE).toBe(i);
      expect(notifiedAt()).toBe(AT + i * 1000);
    }
    waiting = 2;
    notifier.notify(AT + 4000);
    await expect.poll(() => done.inPool, PATIENCE).toBe(4);
    notifier.notify(AT + 5000);
    expect([done.here, notifiedAt()]).toEqual([2, AT + 5000]);
    notifier.close();
  });

  it('notifies on this thread again when that has become quick', async () => {
    callMs = 5;
    const notifier = newNotifier();
    notifier.notify(AT);
    callMs = 0.1;
    notifier.notify(AT + 1000); // still in the pool, and quick
    await expect.poll(notifiedAt, PATIENCE).toBe(AT + 1000);
    let at = AT + 1000;
    const notifiesHere = () => {
      at += 1000;
      notifier.notify(at);
      return notifiedAt() === at;
    };
    await expect.poll(notifiesHere, PATIENCE).toBe(true); // once the pool has said that it is done
    notifier.close();
  });

  it.skipIf(process.platform !== 'linux')(
    'gives its descriptor back, also when it is closed during a call',
    async () => {
      const descriptors = () => readdirSync('/proc/self/fd').length;
      const before = descriptors();
      callMs = 5;
      for (let i = 0; i < 20; i++) {
        const notifier = newNotifier();
        notifier.notify(AT);
        notifier.notify(AT + 1000);
        if (i % 2 === 0) await delay(1);
        notifier.close();
        notifier.close();
      }
      await expect.poll(descriptors, PATIENCE).toBe(before);
    },
  );

  it('touches no other file that has taken the path', () => {
    callMs = 5;
    const notifier = newNotifier();
    notifier.notify(AT);
    renameSync(path, `${path}.old`);
    writeFileSync(path, '', { mode: 0o600 });
    const untouched = notifiedAt();
    notifier.notify(AT + 1000);
    expect(statSync(`${path}.old`).mtimeMs).toBe(AT + 1000); // done by now, so no call of the pool comes later
    expect(notifiedAt()).toBe(untouched);
    notifier.close();
  });
});
