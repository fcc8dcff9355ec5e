/** The sessions that docs/CLI.md shows, run in their order on one region: what is printed there is printed here. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dir, main } from './command.js';

const SHOP = `flags: {beta: false, newCheckout: true}
limits: {requestsPerMinute: 600}
routes: [{path: /, to: home}, {path: /cart, to: cart}]
`;

interface Step {
  readonly command: string;
  readonly output: string;
}

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'CLI.md'), 'utf8');
/** All that is shown before is a session of several terminals. */
const [, rest] = page.split(/^## What all verbs share$/m);
const steps = [...rest.matchAll(/^ *```\n( *\$ [\s\S]*?)^ *```$/gm)]
  .flatMap(([, block]) =>
    block
      .replace(/^ {2}(?=\$|jsonmmap:| {6})/gm, '')
      .split(/^\$ /m)
      .slice(1),
  )
  .map((text): Step => {
    const end = text.indexOf('\n');
    return { command: text.slice(0, end), output: text.slice(end + 1) };
  });

/** What is shown without an output, or needs a second terminal, a network or a master that lives. */
const ELSEWHERE =
  /curl|watch|--timeout|--if-version|--dry-run|--at |--path|--origin|^VERSION=|^jsonmmap (bench|edit|health|history|import|inspect|ls|reload|restart|revert|rm|sizes|top|tree|validate|wait|set held|set shop \/routes)/;
const atTheEnd = ({ command }: Step): number => (command.includes('/flags/bta') ? 1 : 0);
const shown = steps.filter(({ command }) => !ELSEWHERE.test(command)).sort((a, b) => atTheEnd(a) - atTheEnd(b));

beforeAll(() => {
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin', 'jsonmmap'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(dir, 'bin', 'jsonmmap'), 0o755);
  writeFileSync(join(dir, 'shop.yaml'), SHOP);
});

/** Times and ages are those of the day when the page was written, and a terminal cuts the last column. */
function timeless(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +(\d+ \w+ ago|just now)/g, 'TIME')
    .replace(/^VERSION.*$/m, 'VERSION')
    .replace(/…$/gm, '')
    .replace(/ +/g, ' ')
    .trim();
}

test('docs/CLI.md shows enough sessions', () => {
  expect(shown.length).toBeGreaterThanOrEqual(11);
});

test.each(shown)('$command', ({ command, output }) => {
  const { stdout, stderr } = spawnSync('bash', ['-c', command], {
    cwd: dir,
    encoding: 'utf8',
    timeout: 30_000, // one that does not end is an error
    env: {
      ...process.env,
      JSONMMAP_DIR: dir,
      NO_COLOR: '1',
      PATH: `${join(dir, 'bin')}${delimiter}${process.env.PATH}`,
    },
  });
  const [said, expected] = [timeless(stdout + stderr).split('\n'), timeless(output).split('\n')];
  expect(said.map((line, i) => (output.includes('…') ? line.slice(0, expected[i]?.length) : line))).toEqual(expected);
});
