// C2: the command as a whole process, beside a Node that does nothing.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Master } from 'jsonmmap';
import { inTurns, median, nanoseconds } from '../measure.mjs';
import { row } from '../rows.mjs';

const COMMAND = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export async function measure({ quick }) {
  Master.open('command', { initial: { key: 1 } }).close();
  const run =
    (...args) =>
    () =>
      nanoseconds(() => execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }));
  const times = await inTurns(quick ? 9 : 31, {
    bare: run('-e', '0'),
    version: run(COMMAND, '--version'),
    get: run(COMMAND, 'get', 'command', '/key'),
    set: run(COMMAND, 'set', 'command', '/key', '2'),
  });
  const baseline = ['node -e 0', median(times.bare)];
  const target = (ratioAtMost) => ({ text: `≤ ${ratioAtMost}× bare Node`, ratioAtMost });
  return [
    row('jsonmmap --version, whole process', { measured: median(times.version), baseline, target: target(1.5) }),
    row('jsonmmap get NAME /key', { measured: median(times.get), baseline, target: target(1.8) }),
    row('jsonmmap set NAME /key 2', { measured: median(times.set), baseline }),
  ];
}
