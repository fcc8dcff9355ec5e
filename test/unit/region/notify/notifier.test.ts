/** The master's end of a notification: on this thread while that is cheap, by a thread of its own while it is not. */
import { closeSync, futimesSync, openSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Control } from '../../../../src/region/control/control.js';
import { Notifier, notify } from '../../../../src/region/notify/notifier.js';
import { syscalls } from '../../../../src/system/syscalls.js';
import { newDirectory } from '../kit.js';

const AT = 1_000_000_000_000;

describe('Notifier', () => {
  let path: string;
  let fd: number;
  /** What was done, in order. */
  let log: string[];
  /** Whether a notification is costly. */
  let isCostly: boolean;

  beforeEach(() => {
    path = join(newDirectory(), 'b.ctl');
    writeFileSync(path, '', { mode: 0o600 });
    fd = openSync(path, 'r+');
    log = [];
    isCostly = false;
  });
  afterEach(() => closeSync(fd));

  const control = {
    changeWakeWord: () => log.push('change'),
    wake: (touched: number, atMs: number) => {
      log.push('here');
      futimesSync(touched, atMs / 1000, atMs / 1000);
      return isCostly;
    },
  } as unknown as Control;
  const system = {
    ...syscalls,
    startWaking: (ofFile: number) => {
      expect(ofFile).toBe(fd);
      log.push('start');
      let wasLeftCostly = false;
      return {
        wake: (_atMs: number, wasCostly: boolean) => {
          if (!wasCostly && !wasLeftCostly) return false;
          wasLeftCostly = isCostly;
          log.push('thread');
          return true;
        },
        close: () => log.push('close'),
      };
    },
  };
  const opened = () => ({ fd, control });

  it('changes the word, wakes and touches before it returns while that is cheap', () => {
    const notifier = new Notifier(opened(), system);
    for (let i = 1; i <= 3; i++) {
      notifier.notify(AT + i * 1000);
      expect(statSync(path).mtimeMs).toBe(AT + i * 1000);
    }
    notifier.close();
    expect(log).toEqual(['change', 'here', 'change', 'here', 'change', 'here']);
  });

  it('has a thread wake once that was costly, and does it itself when it is cheap again', () => {
    const notifier = new Notifier(opened(), system);
    isCostly = true;
    notifier.notify(AT);
    expect(log.splice(0)).toEqual(['change', 'here', 'start']); // it was not known before
    notifier.notify(AT);
    notifier.notify(AT);
    expect(log.splice(0)).toEqual(['change', 'thread', 'change', 'thread']); // the word first: nobody begins to wait who has not seen it
    isCostly = false;
    notifier.notify(AT);
    notifier.notify(AT);
    expect(log.splice(0)).toEqual(['change', 'thread', 'change', 'here']);
    isCostly = true;
    notifier.notify(AT);
    notifier.notify(AT);
    notifier.notify(AT);
    expect(log.splice(0)).toEqual(['change', 'here', 'change', 'thread', 'change', 'thread']);
    notifier.close();
    notifier.close();
    expect(log).toEqual(['close']);
  });

  it('stays on this thread where there is no other, or none can be had', () => {
    isCostly = true;
    const refused = () => {
      throw Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' });
    };
    for (const startWaking of [undefined, refused]) {
      const notifier = new Notifier(opened(), { ...system, startWaking });
      notifier.notify(AT + 1000);
      notifier.notify(AT + 2000);
      expect(statSync(path).mtimeMs).toBe(AT + 2000);
      notifier.close();
    }
    expect(log).toEqual(['change', 'here', 'change', 'here', 'change', 'here', 'change', 'here']);
  });

  it('goes on where the system refuses a notification, which the heartbeat makes good', () => {
    const refusing = {
      ...control,
      wake: () => {
        throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
      },
    } as unknown as Control;
    const notifier = new Notifier({ fd, control: refusing }, system);
    notifier.notify(AT);
    notify({ fd, control: refusing }, AT);
    notifier.close();
    expect(log).toEqual(['change', 'change']);
  });
});
