/** Masters and followers over real mappings and over system calls, in all four combinations: they are one system. */
import { beforeEach, describe, expect, it } from 'vitest';
import { loadNative } from '../../src/system/native.js';
import { newDirectory, until } from '../unit/master/kit.js';
import type { Kind } from '../unit/region/kit.js';
import { type Agent, startFollower, startMaster } from './agents.js';

const NATIVE = loadNative();
const KINDS: readonly Kind[] = NATIVE instanceof Error ? ['syscalls'] : ['native', 'syscalls'];
const reason = NATIVE instanceof Error ? ` (native is skipped: ${NATIVE.message})` : '';
const PAIRS = KINDS.flatMap((writer) => KINDS.map((reader) => [writer, reader] as const));

const LARGE = {
  rows: Array.from({ length: 600 }, (_, i) => ({ i, text: `row ${i}` })),
  names: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`name ${i}`, [i]])),
};

describe.each(PAIRS)(`a master over %s, a follower over %s${reason}`, (writer, reader) => {
  let dir: string;
  let master: Agent;
  let follower: Agent;
  beforeEach(async () => {
    dir = newDirectory();
    [master, follower] = [startMaster(writer), startFollower(reader)];
    await master.call('open', 'region', { dir, initial: LARGE, history: 2 });
    await follower.call('open', 'region', { dir });
  });

  it('agree on every kind of write', async () => {
    const writes: [string, ...unknown[]][] = [
      ['set', '/names/name 7', 'wide 😀'],
      ['set', '/new/deep/er', { a: [1, 2, 3] }],
      ['delete', '/rows/300'],
      ['patch', [{ op: 'move', from: '/names/name 1', path: '/moved' }]],
      ['merge', { names: { 'name 2': null, 'name 3': { x: 1 } } }],
      [
        'transaction',
        [
          ['set', '/a', 1],
          ['set', '/b', 2],
          ['delete', '/a'],
        ],
      ],
      ['write', { rows: LARGE.rows.slice(100), names: {}, fresh: 'x'.repeat(100_000) }],
      ['write', LARGE],
    ];
    for (const [name, ...parameters] of writes) {
      const version = await master.call(name, ...parameters);
      expect(await follower.call('version')).toBe(version);
      const document = await master.call('current');
      expect(await follower.call('current')).toEqual(document);
      expect(await follower.call('view')).toEqual(document);
    }
    expect(await follower.call('get', '/rows/300/text')).toBe('row 300');
    expect(await follower.call('keys', '/names')).toEqual(Object.keys(LARGE.names));
    expect(await follower.call('size', '/rows')).toBe(600);
    expect(await follower.call('diff', writes.length, writes.length + 1)).toContainEqual({
      op: 'remove',
      path: '/fresh',
    });
  });

  it('grow, compact, and keep what is held', async () => {
    await follower.call('listen');
    expect(await follower.call('hold')).toBe(1);
    await follower.call('kept', ['names']);
    for (let i = 0; i < 30; i++) await master.call('set', '/rows/7', `${i} `.repeat(20_000));
    expect((await master.call('sizes')) as object[]).toHaveLength(1);
    expect(((await master.call('sizes')) as { path: string }[])[0].path).not.toContain('region.1.seg');
    expect(await follower.call('kept', ['names'])).toBe(true);
    expect(await follower.call('held')).toEqual(LARGE);
    await until('the newest version', () => follower.told.at(-1)?.version === 31);
  });

  it('know when a master died, and go on with the next', async () => {
    await follower.call('listen');
    await master.kill();
    await until('the news of its death', () => follower.told.some(({ alive }) => alive === false));
    expect(await follower.call('status')).toMatchObject({ masterAlive: false, masterPid: master.pid, removed: false });
    expect(await follower.call('get', '/rows/599/i')).toBe(599);
    const next = startMaster(reader);
    await next.call('open', 'region', { dir, initial: 'not used' });
    expect(await next.call('set', '/next', true)).toBe(2);
    await until('the next master', () => follower.told.some(({ alive }) => alive === true));
    await until('its version', () => follower.told.some(({ version }) => version === 2));
    expect(await follower.call('status')).toMatchObject({ masterAlive: true, masterPid: next.pid });
  });

  it('have at most one master', async () => {
    const second = startMaster(reader);
    await expect(second.call('open', 'region', { dir })).rejects.toMatchObject({
      code: 'ERR_REGION_LOCKED',
      pid: master.pid,
      message: expect.stringContaining(String(master.pid)),
    });
    await expect(second.call('open', 'region', { dir, wait: { timeoutMs: 50 } })).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
    });
    const waiting = second.call('open', 'region', { dir, wait: { timeoutMs: 30_000 } });
    await master.kill();
    expect(await waiting).toBe(second.pid);
    expect(await second.call('set', '/second', 1)).toBe(2);
  });
});
