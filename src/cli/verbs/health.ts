/** `jsonmmap health`: whether a region can be read and has a living master, for supervisors. */
import type { Command } from 'commander';
import type { Status } from '../../follower/status.js';
import { type JsonOption, millisecondsAboveZero, reads, type Where } from '../command.js';
import { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { count } from '../output/words.js';
import { withFollower } from '../region.js';

interface Options extends Where, JsonOption {
  readonly maxAge?: number;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('health')
    .summary('tell whether a region can be read and has a living master')
    .description(
      'Tell whether a region can be read and has a living master. The exit code is 0 if all is well, 1 if the master is gone or the document too old; 3 and 5 as always. Reads no more than the newest version.',
    )
    .argument('<name>', 'the region')
    .option('--max-age <time>', 'also fail if the newest version is older', millisecondsAboveZero);
  reads(command).action((name: string, options: Options) =>
    withFollower(name, options, async (follower) => {
      const status = follower.status();
      const problem = problemOf(status, options.maxAge);
      if (problem !== undefined) process.exitCode = ExitCode.FAILURE;
      const { version, ageMs, masterPid, masterAlive } = status;
      if (options.json)
        await io.printJson({ name, ok: problem === undefined, problem, version, ageMs, masterPid, masterAlive });
      else
        await io.print(problem === undefined ? `ok: version ${version}` : `${io.paint('red', 'failing')}: ${problem}`);
    }),
  );
}

/** A master that cannot be seen from here, in another container without kernel locks, is given the benefit of the doubt. */
function problemOf({ masterAlive, masterPid, ageMs }: Status, maxAgeMs: number | undefined): string | undefined {
  if (masterAlive === false) {
    return masterPid === undefined ? 'there is no master' : `the master, process ${masterPid}, is dead`;
  }
  if (maxAgeMs === undefined || ageMs <= maxAgeMs) return undefined;
  return `the newest version is ${count(Math.round(ageMs / 1000), 'second')} old`;
}
