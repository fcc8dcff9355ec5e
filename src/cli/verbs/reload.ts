/** `jsonmmap reload`: a run reads its files again. */
import type { Command } from 'commander';
import type { Io } from '../io.js';
import { askRun, asksRun, type TaskOptions } from '../run-task.js';

export function register(program: Command, io: Io): void {
  const command = program
    .command('reload')
    .summary('tell jsonmmap run to read its files again')
    .description(
      'Tell the jsonmmap run that keeps a region to read its files again, and wait for the new version. If the files cannot be published, the verb fails with their error.',
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
