/** `jsonmmap restart`: a run replaces its followers one by one. */
import type { Command } from 'commander';
import { CommandError } from '../../command-error.js';
import type { Replacement } from '../../run/supervisor.js';
import type { Io } from '../io.js';
import { count } from '../output/words.js';
import { askRun, asksRun, type TaskOptions } from '../run-task.js';

export function register(program: Command, io: Io): void {
  const command = program
    .command('restart')
    .summary('tell jsonmmap run to restart its followers')
    .description(
      'Tell the jsonmmap run that keeps a region to replace its followers one by one, and wait until each new one has opened the region.',
    )
    .argument('<name>', 'the region');
  asksRun(command).action((name: string, options: TaskOptions) => run(io, name, options));
}

async function run(io: Io, name: string, options: TaskOptions): Promise<void> {
  const { version, followers } = await askRun(name, { verb: 'restart' }, options);
  const late = followers?.filter((follower) => !isReady(follower)) ?? [];
  if (late.length > 0) throw notReady(name, late);
  if (options.json) await io.printJson({ name, waited: options.wait, version, followers });
  else {
    const { paint } = io;
    const state =
      followers === undefined
        ? `  ${paint('dim', 'restart has begun')}`
        : `  version ${version}  ${paint('dim', `${count(followers.length, 'follower')} restarted`)}`;
    await io.print(`${paint('bold', name)}${state}`);
  }
}

/** Only Linux tells which files a process has mapped. */
function isReady({ pid, ready }: Replacement): boolean {
  return process.platform === 'linux' ? ready : pid !== undefined;
}

function notReady(name: string, late: readonly Replacement[]): CommandError {
  const told = late.map(({ worker, pid }) => `${worker} (${pid === undefined ? 'not running' : `process ${pid}`})`);
  return new CommandError(
    'ERR_NOT_READY',
    `the followers of ${name} were restarted, and ${late.length === 1 ? 'one has' : `${late.length} have`} not opened the region in time: ${told.join(', ')}`,
    { followers: late, cure: 'see the log of the run' },
  );
}
