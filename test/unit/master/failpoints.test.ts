/** Writes that fail half-way, at every step before their version is visible: the old version stands, and the next write is as good as any. */
import { afterEach, describe, expect, it } from 'vitest';
import { setFailpointHook } from '../../../src/region/failpoints.js';
import { isFull } from '../../effort.js';
import { faultOf, publishNext } from '../../programs/master-payload.mjs';
import { expectClean, newDirectory, openFollower, openMaster } from './kit.js';

const STEPS = [
  'growth:allocated',
  'segment:temporary',
  'segment:created',
  'publish:nodes',
  'publish:half-record',
  'publish:record',
];
const VERSIONS = 60;

afterEach(() => setFailpointHook(undefined));

describe.each(STEPS)('a failure at %s', (step) => {
  it.each(isFull ? [1, 2, 3] : [2])('of the writes, each time they have passed it %d times', (every) => {
    const dir = newDirectory();
    const master = openMaster(dir, { history: 2 });
    const follower = () => openFollower(dir);
    publishNext(master);
    let [passed, failed] = [0, 0];
    setFailpointHook((name) => {
      if (name === step && ++passed % (every + 1) === every)
        throw Object.assign(new Error('injected'), { code: 'EIO' });
    });
    while (master.version < VERSIONS) {
      const before = master.version;
      try {
        publishNext(master);
        expect(master.version).toBe(before + 1);
      } catch (error) {
        expect(String(error)).toMatch(/injected|EIO/);
        expect(master.version).toBe(before);
        failed++;
      }
      expect(faultOf(master.current, master.version)).toBeUndefined();
    }
    setFailpointHook(undefined);
    expect(failed).toBeGreaterThan(0);
    expect(faultOf(follower().current, VERSIONS)).toBeUndefined();
    expect(faultOf(follower().at(VERSIONS - 1).view, VERSIONS - 1)).toBeUndefined();
    expectClean(dir);
  });
});
