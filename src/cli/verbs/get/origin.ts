/** Where values come from: which file of the `jsonmmap run` that keeps the region has each. */
import { CommandError } from '../../../command-error.js';
import { JsonMmapError } from '../../../errors.js';
import type { Follower } from '../../../follower/follower.js';
import type { Snapshot } from '../../../follower/snapshot.js';
import type { Origin } from '../../../run/origins.js';
import type { Io } from '../../io.js';
import { compactJson } from '../../output/json-text.js';
import { safe } from '../../output/safe.js';
import { cut, table } from '../../output/table.js';
import { existing } from '../../pointer.js';
import { snapshotAt, withFollower } from '../../region.js';
import { askRun, TIMEOUT_MS } from '../../run-task.js';
import type { Options } from './options.js';

const VALUE_LENGTH = 40;
/** A region that keeps one version may have a newer one by the time of the answer. */
const ATTEMPTS = 10;

/** Prints the values at `pointer`, each with the name of the layer that it comes from. @throws as `askRun`, and `ERR_PATH_NOT_FOUND` */
export async function printOrigins(io: Io, name: string, pointer: string, options: Options): Promise<void> {
  await withFollower(name, options, async (follower) => {
    existing(follower.snapshot(), name, pointer);
    const { snapshot, origins } = await originsAt(follower, pointer, options);
    const rows = origins.map(({ path, origin }) => ({ path, value: snapshot.get(path), origin }));
    if (rows.some(({ value }) => value === undefined)) throw notUnderstood(name);
    if (options.json) return io.printJson(rows);
    const cells = rows.map(({ path, value, origin }) => [
      safe(path || '(document)'),
      safe(cut(compactJson(value), VALUE_LENGTH)),
      origin === null ? ({ text: 'written since', style: 'yellow' } as const) : safe(origin),
    ]);
    await io.print(table([{ title: 'PATH' }, { title: 'VALUE' }, { title: 'ORIGIN' }], cells, io.paint, io.width));
  });
}

/** The answer is about one version, whose values are printed. */
async function originsAt(
  follower: Follower,
  path: string,
  { dir }: Options,
): Promise<{ snapshot: Snapshot; origins: readonly Origin[] }> {
  for (let attempt = 1; ; attempt++) {
    const { version, origins } = await askRun(
      follower.name,
      { verb: 'origins', path },
      { dir, timeout: TIMEOUT_MS, wait: true },
    );
    if (!version || origins === undefined) throw notUnderstood(follower.name);
    try {
      return { snapshot: snapshotAt(follower, version, { dir }), origins };
    } catch (error) {
      if (!(error instanceof JsonMmapError) || error.code !== 'ERR_VERSION_GONE' || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The error for an answer of another version of jsonmmap, or of a program that only pretends to be a run. */
function notUnderstood(name: string): CommandError {
  return new CommandError('ERR_REQUEST', `the run of ${name} does not say where the values of its document come from`, {
    cure: 'use the same version of jsonmmap in both',
  });
}
