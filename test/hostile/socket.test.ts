/** Nobody but its owner reaches a control socket, at no instant of its node id, whatever the umask; what a dead master left of one goes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { Master } from '../../src/index.js';
import { requestWrite } from '../../src/write-requests/client.js';
import { cleanLater, directory } from '../unit/write-requests/kit.js';
import { isRoot, needsRoot } from './squats.js';
import { until } from './until.js';

const NEIGHBOUR = 12_346;
const set = { verb: 'set', path: '/n', value: 1 } as const;

describe.skipIf(!isRoot)(`a socket that is made with umask 0${needsRoot}`, () => {
  it.each(['main', 'thread', 'cluster'])('%s: another user cannot connect to it, at no step', async (where) => {
    const dir = directory();
    chmodSync(dir, 0o755);
    const program = join(import.meta.dirname, '..', 'programs', 'control-birth.mjs');
    const master = spawn(process.execPath, [program, where, dir, String(NEIGHBOUR)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    cleanLater(() => master.stdin.end());
    const [line] = await once(createInterface({ input: master.stdout }), 'line');
    const met = JSON.parse(line as string) as string[];
    expect(met).toContain('EACCES'); // he has looked
    expect(met.filter((outcome) => outcome !== 'EACCES')).toEqual([]);
    expect(lstatSync(join(dir, 'c.sock')).mode & 0o777).toBe(0o600);
    expect(await requestWrite('c', { dir }, set)).toEqual({ version: 2 });
    expect(readdirSync(dir).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });
});

describe('the directory of a socket in the making', () => {
  it('goes at the next takeover, with the socket that a master died over', async () => {
    const dir = directory();
    Master.open('c', { dir, initial: { n: 0 } }).close();
    const left = join(dir, 'c.0123456789abcdef.tmp');
    mkdirSync(left, { mode: 0o700 });
    const server = createServer().listen(join(left, 'name'));
    await once(server, 'listening');
    renameSync(join(left, 'name'), join(left, 'cdef'));
    cleanLater(() => server.close());
    const master = Master.open('c', { dir, control: true });
    cleanLater(() => master.close());
    expect(existsSync(left)).toBe(false);
    expect(readdirSync(dir).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  it('is removed where the socket cannot have its place', () => {
    const dir = directory();
    mkdirSync(join(dir, 'c.sock'));
    writeFileSync(join(dir, 'c.sock', 'precious'), '');
    expect(() => Master.open('c', { dir, control: true, initial: 1 })).toThrow(
      expect.objectContaining({ code: 'ERR_REGION_DENIED' }),
    );
    expect(readdirSync(dir).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });
});

it('a link in the place of the socket leads nowhere, neither for the master nor for who asks', async () => {
  const dir = directory();
  const victim = join(dir, 'victim');
  writeFileSync(victim, 'must stay', { mode: 0o640 });
  symlinkSync(victim, join(dir, 'c.sock'));
  await expect(requestWrite('c', { dir }, set)).rejects.toMatchObject({ code: 'ERR_REGION_DENIED' });
  const master = Master.open('c', { dir, control: true, mode: 0o644, initial: { n: 0 } });
  cleanLater(() => master.close());
  await until(() => lstatSync(join(dir, 'c.sock')).isSocket());
  expect(lstatSync(victim).mode & 0o777).toBe(0o640);
  expect(await requestWrite('c', { dir }, set)).toEqual({ version: 2 });
});
