// Keeps a region under fire: random writes of every kind, followers that come, go, stop, hang and die, masters that are killed at random
// instants, a file system that is full. Checks all that anybody saw. See docs/SOAK.md.
//   npm run soak -- [--minutes N] [--followers N] [--kills N] [--seed N] [--json]
// Exit code 1: something was wrong; the files are kept, and the command to repeat it is printed.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine } from '../bench/machine.mjs';
import { Arena } from './arena.mjs';
import { bundlePrograms } from './bundle.mjs';
import { readOptions } from './options.mjs';
import { isClean, printTable, summary } from './report.mjs';
import { fillAgainAndAgain, mountSmall } from './small-disk.mjs';

/** What the full file system gets of followers and of everything else. */
const SMALL = { followers: 4, share: 0.1 };

const options = readOptions();
const { minutes, kills, followers, seed } = options;
const again = `npm run soak -- --minutes ${minutes} --followers ${followers} --kills ${kills} --seed ${seed}`;
/** How long writers and readers rest at most: on two cores, all readers together must leave something to their master. */
const PAUSE_MS = { write: 10, read: 60 * followers };
const say = options.json ? () => {} : console.log;
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'jsonmmap-soak-'));

say(`${again}\n${describe(machine())}\n`);
await bundlePrograms();
const scenes = [await inSharedMemory()];
if (scenes[0].faults.length === 0) scenes.push(...(await onFullFileSystem()));
conclude();

/** The main scene. */
function inSharedMemory() {
  const arena = new Arena({
    root: join(root, 'shared-memory'),
    durationMs: minutes * 60_000 * (1 - SMALL.share),
    kills: kills - smallKills(),
    followers,
    seed,
    pauseMs: PAUSE_MS,
  });
  return arena.run();
}

/** The same where space comes and goes. */
async function onFullFileSystem() {
  const mountPoint = join(root, 'small-disk');
  const unmount = mountSmall(mountPoint);
  if (unmount === undefined) {
    say('the scene with a full file system is left out: this process may not mount one');
    return [];
  }
  const durationMs = minutes * 60_000 * SMALL.share;
  const arena = new Arena({
    root: join(root, 'full'),
    dir: join(mountPoint, 'region'),
    durationMs,
    kills: smallKills(),
    followers: Math.min(SMALL.followers, followers),
    seed: seed + 1,
    pauseMs: PAUSE_MS,
    unlimited: true,
  });
  const filling = fillAgainAndAgain(mountPoint, arena);
  const scene = await arena.run();
  const timesFull = await filling;
  if (scene.faults.length === 0) unmount();
  return [{ ...scene, timesFull }];
}

function smallKills() {
  return Math.floor(kills * SMALL.share);
}

function conclude() {
  const result = summary(scenes);
  const faults = scenes.flatMap((scene) => scene.faults);
  const clean = isClean(result);
  if (clean) rmSync(root, { recursive: true });
  if (options.json)
    console.log(
      JSON.stringify(
        { command: again, machine: machine(), ...result, faults, kept: clean ? undefined : root },
        undefined,
        2,
      ),
    );
  else printTable(result);
  for (const { kind, message } of faults) console.error(`\n${kind}: ${message}`);
  if (!clean) console.error(`\nsomething was wrong; the files are kept in ${root}\nto repeat: ${again}`);
  process.exitCode = clean ? 0 : 1;
}

function describe({ processor, cores, memoryBytes, kernel, node }) {
  return `${processor}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${kernel}, Node ${node.slice(1)}`;
}
