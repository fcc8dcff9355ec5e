/** `jsonmmap reload`: a run reads its files again. */
import type { Command } from 'commander';
import type { Io } from '../io.js';
import { askRun, asksRun, type TaskOptions } from '../run-task.js';

export function register(program: Command, io: Io): void {
  const command = program
    .command('reload')
    .summary('have jsonmmap run read its files again')
    .description(
      'Have the jsonmmap run that keeps a region read its files again, and wait for the new version. Fails with what is wrong with the files if they cannot be published.',
    )
    .argument('<name>', 'the region');
  asksRun(command).action((name: string, options: TaskOptions) => run(io, name, options));
}

async function run(io: Io, name: string, options: TaskOptions): Promise<void> {
  const { version, previousVersion } = await askRun(name, { verb: 'reload' }, options);
  const changed = version === undefined ? undefined : version !== previousVersion;
  if (options.json) await io.printJson({ name, waited: options.wait, version, previousVersion, changed });
  else {
    const { paint } = io;
    const state =
      version === undefined
        ? `  ${paint('dim', 'reload has begun')}`
        : `  version ${version}  ${paint('dim', changed ? `reloaded, after ${previousVersion}` : 'reloaded, unchanged')}`;
    await io.print(`${paint('bold', name)}${state}`);
  }
}
