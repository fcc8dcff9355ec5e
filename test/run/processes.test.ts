/** What becomes of the processes that followers start, and of followers when the run itself meets trouble. */
import { once } from 'node:events';
import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FOLLOWER, parentOf, runs, stateOf, until, Workplace } from './running.js';

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.save('first');
});
afterEach(() => place.close());

/** As `npm start` does: a process that starts another one and passes no signal on. */
const BEHIND_A_SHELL = ['sh', '-c', `${process.execPath} ${FOLLOWER} & wait`];

const started = (number: number) => () => place.lines().filter(({ event }) => event === 'value').length >= number;
const pids = () => place.lines().flatMap(({ event, pid }) => (event === 'start' ? [pid] : []));

describe.skipIf(process.platform !== 'linux')('the processes of a run', () => {
  it('end with it, also those that followers have started', async () => {
    const { child, ended } = place.run(['--followers', '2'], { command: BEHIND_A_SHELL });
    await until('both run', started(2));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(pids().filter(runs)).toEqual([]);
    expect(place.lines().filter(({ event }) => event === 'sigterm')).toHaveLength(2);
  });

  it('are killed after the grace period, also those that followers have started', async () => {
    const { child, ended } = place.run(['--grace', '0'], { command: BEHIND_A_SHELL, env: { STUBBORN: '1' } });
    await until('it runs', started(1));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(pids().filter(runs)).toEqual([]);
  });

  it('are killed by the second signal', async () => {
    const { child, output, ended } = place.run(['--grace', '1000'], {
      command: BEHIND_A_SHELL,
      env: { STUBBORN: '1' },
    });
    await until('it runs', started(1));
    child.kill('SIGINT');
    await until('the first is told', () => output.err.includes('SIGINT: ending'));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(pids().filter(runs)).toEqual([]);
  });

  it('of a follower that crashes end before the next one starts', async () => {
    const { ended, output } = place.run(['--crashes', '3'], {
      command: [
        'sh',
        '-c',
        `${process.execPath} ${FOLLOWER} & until grep -q $!,.*value "$LOG"; do sleep 0.01; done; exit 9`,
      ],
    });
    expect(await ended).toBe(1);
    expect(output.err).toContain('3 times in a row: giving up');
    const events = place.lines().filter(({ event }) => event === 'start' || event === 'sigterm');
    expect(events.map(({ event }) => event)).toEqual(['start', 'sigterm', 'start', 'sigterm', 'start', 'sigterm']);
    expect(pids().filter(runs)).toEqual([]);
  });

  it('all end before the run does when one of them cannot be started again', async () => {
    const program = join(place.directory, 'program');
    writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${FOLLOWER}\n`);
    chmodSync(program, 0o755);
    const { ended, output } = place.run(['--followers', '2'], { command: [program] });
    await until('both run', started(2));
    rmSync(program);
    process.kill(pids()[0], 'SIGKILL');
    expect(await ended).toBe(127);
    expect(output.err).toContain('could not be started');
    expect(pids().filter(runs)).toEqual([]);
    expect(place.lines().filter(({ event }) => event === 'sigterm')).toHaveLength(1);
  });

  it('all end in order when the run meets an error of its own', async () => {
    const trap = join(place.directory, 'trap.mjs');
    writeFileSync(trap, "process.on('SIGWINCH', () => Promise.reject(new Error('our own fault')));\n");
    const { child, ended, output } = place.run(['--followers', '2'], { env: { NODE_OPTIONS: `--import ${trap}` } });
    await until('both run', started(2));
    child.kill('SIGWINCH');
    expect(await ended).toBe(1);
    expect(output.err).toContain('internal error, please report it: Error: our own fault');
    expect(pids().filter(runs)).toEqual([]);
    expect(place.lines().filter(({ event }) => event === 'sigterm')).toHaveLength(2);
  });

  it('stop and go on with the run, as a terminal stops a job', async () => {
    const { child, ended } = place.run(['--followers', '2'], { command: BEHIND_A_SHELL });
    await until('both run', started(2));
    const job = [child.pid as number, ...pids()];
    child.kill('SIGTSTP');
    await until('all are stopped', () => job.every((pid) => stateOf(pid) === 'T'));
    child.kill('SIGCONT');
    await until('all go on', () => job.every((pid) => stateOf(pid) !== 'T'));
    child.kill('SIGTSTP');
    await until('all are stopped again', () => job.every((pid) => stateOf(pid) === 'T'));
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    expect(await ended).toBe(143);
    expect(pids().filter(runs)).toEqual([]);
  });

  it('are taken over with all that they have started', async () => {
    const first = place.run(['--followers', '2'], { command: BEHIND_A_SHELL });
    await until('both run', started(2));
    first.child.kill('SIGKILL');
    await once(first.child, 'exit'); // its output lives on in the followers
    const second = place.run(['--followers', '2', '--attach'], { command: BEHIND_A_SHELL });
    await until('they are adopted', () => second.output.err.includes('still running, adopted'));
    expect(pids().filter(runs)).toHaveLength(2);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(143);
    expect(pids()).toHaveLength(2);
    expect(pids().filter(runs)).toEqual([]);
  });
});

it.skipIf(process.platform !== 'linux')(
  'what a follower has left, of a run that was killed too, is ended by the next run',
  async () => {
    const first = place.run(['--followers', '1'], { command: BEHIND_A_SHELL });
    await until('it runs', started(1));
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const [left] = pids();
    process.kill(parentOf(left), 'SIGKILL');
    const refused = place.run([], { command: BEHIND_A_SHELL });
    expect(await refused.ended).toBe(4);
    const second = place.run(['--attach'], { command: BEHIND_A_SHELL });
    await until('another one runs', started(2));
    expect(runs(left)).toBe(false);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(143);
    expect(pids().filter(runs)).toEqual([]);
  },
);

it('says what is missing before a command without dashes', async () => {
  copyFileSync(FOLLOWER, join(place.directory, 's.js'));
  const { ended, output } = place.run(['node', join(place.directory, 's.js')], { command: [] });
  expect(await ended).toBe(2);
  expect(output.err).toContain('node is no document to publish');
  expect(output.err).toContain(`put -- before it: jsonmmap run ${place.file} -- node ${place.directory}/s.js`);
});
