import { describe, expect, it } from 'vitest';
import { Master } from '../../../src/index.js';
import { requestReport, requestWrite } from '../../../src/write-requests/client.js';
import { DoneRequests, isReport } from '../../../src/write-requests/report.js';
import { cleanLater, directory, report } from './kit.js';

describe('the report of a master', () => {
  it('has counts, durations, and who asked for the last writes; the question itself is no request', async () => {
    const dir = directory();
    const master = Master.open('c', { dir, control: true, initial: { n: 0 } });
    cleanLater(() => master.close());
    let events = 0;
    master.on('request', () => events++);
    master.set('/n', 1);
    await requestWrite('c', { dir, as: 'somebody' }, { verb: 'set', path: '/n', value: 2 });
    await expect(requestWrite('c', { dir, as: 'somebody' }, { verb: 'delete', path: '/gone' })).rejects.toThrow();
    const answer = await requestReport('c', { dir });
    const by = { pid: process.pid, name: 'somebody' };
    expect(answer).toMatchObject({
      publishes: 3,
      refusals: 1,
      requests: [{ version: 3, verb: 'set', path: '/n', by }],
    });
    expect(answer?.changeBytes).toBeGreaterThan(0);
    expect(answer?.compactionDurations.count).toBe(0);
    expect(events).toBe(2);
  });

  it('is undefined where no master takes requests', async () => {
    expect(await requestReport('c', { dir: directory() })).toBeUndefined();
  });

  it('keeps the last hundred requests, and of a long path its beginning', () => {
    const done = new DoneRequests();
    const by = { pid: 1, name: 'x' };
    for (let version = 1; version <= 150; version++) done.add({ verb: 'set', path: '/'.repeat(1000), version, by });
    done.add({ verb: 'set', path: '/a', by }); // refused
    expect(done.newestFirst).toHaveLength(100);
    expect(done.newestFirst[0]).toMatchObject({ version: 150, path: '/'.repeat(200) });
  });

  const { publishDurations: durations, requests } = report;
  it.each([
    ['nothing', undefined],
    ['a count that is a text', { ...report, publishes: '1' }],
    ['a count below zero', { ...report, changeBytes: -1 }],
    ['no durations', { ...report, publishDurations: null }],
    ['buckets without a bound', { ...report, compactionDurations: { ...durations, boundsSeconds: [1] } }],
    ['a sum that is no number', { ...report, publishDurations: { ...durations, sumSeconds: null } }],
    ['more requests than a master keeps', { ...report, requests: Array(101).fill(requests[0]) }],
    ['a request of nobody', { ...report, requests: [{ ...requests[0], by: null }] }],
    ['a request whose path is none', { ...report, requests: [{ ...requests[0], path: 1 }] }],
  ])('is not believed with %s', (_, value) => {
    expect(isReport(value)).toBe(false);
    expect(isReport(report)).toBe(true);
  });
});
