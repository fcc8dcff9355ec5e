/** The sessions that docs/CLI.md shows, run in their order: what is printed there is printed here. Most are about one region, others have a stage of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dir, main } from './command.js';
import { placeIn, SHOP, STAGES, type Stage } from './session-stages.js';

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

/**
 * Not run here: `curl` needs a network, and what `bench` prints is another on each machine. `edit` asks questions on a terminal, and `top` draws on it:
 * edit-terminal.test.ts and top.test.ts run them there.
 */
const ELSEWHERE = /^curl|^jsonmmap (bench|edit|top)\b/;
/** These see the document as all commands of the page have left it. */
const LAST = /\/flags\/bta|^jsonmmap revert/;
const shown = steps.filter(({ command }) => !ELSEWHERE.test(command));
const inOrder = [
  ...shown.filter(({ command }) => !LAST.test(command)),
  ...shown.filter(({ command }) => LAST.test(command)),
];

/** Directories of the stages that have begun. */
const begun = new Map<Stage, ReturnType<typeof placeIn>>();
const atEnd: (() => unknown)[] = [];

const env: NodeJS.ProcessEnv = {
  ...process.env,
  NO_COLOR: '1',
  EDITOR: 'true',
  PATH: `${join(dir, 'bin')}${delimiter}${process.env.PATH}`,
};

beforeAll(() => {
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin', 'jsonmmap'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(dir, 'bin', 'jsonmmap'), 0o755);
  writeFileSync(join(dir, 'shop.yaml'), SHOP);
});
afterAll(async () => {
  for (const end of atEnd) await end();
});

/** Times, ages, pids, ports and tokens are those of the day when the page was written, and a terminal cuts the last column. */
function timeless(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +(\d+ \w+ ago|just now)/g, 'TIME')
    .replace(/\d+ \w+ ago|just now/g, 'AGE')
    .replace(/"committedAt":\d+/g, '"committedAt":TIME')
    .replace(/process \d+|kill -CONT \d+/g, 'PROCESS')
    .replace(/127\.0\.0\.1:\d+\/\?token=[\w-]{32}/, 'ADDRESS')
    .replace(/^(VERSION|NAME) .*$/gm, 'TITLES')
    .replace(/…$/gm, '')
    .replace(/ +/g, ' ')
    .trim();
}

test('docs/CLI.md shows enough sessions, and each stage has some of them', () => {
  expect(shown.length).toBeGreaterThanOrEqual(40);
  expect(STAGES.filter(({ commands }) => !shown.some(({ command }) => commands.test(command)))).toEqual([]);
});

const lacksLinux = process.platform !== 'linux' || !existsSync('/proc/net/unix');
test.skipIf(lacksLinux).each(inOrder)('$command (needs Linux)', { timeout: 60_000 }, async ({ command, output }) => {
  const stage = STAGES.find(({ commands }) => commands.test(command));
  const place = stage === undefined ? undefined : (begun.get(stage) ?? (await beginStage(stage)));
  await (place && stage?.before?.(command, place));
  const [, variable] = /^(\w+)=/.exec(command) ?? []; // later commands of the page use it
  const child = spawn('bash', ['-c', `exec 2>&1; ${command}${variable === undefined ? '' : `; echo $${variable}`}`], {
    cwd: place?.directory ?? dir,
    env: { ...env, JSONMMAP_DIR: place?.directory ?? dir },
    detached: true,
  });
  const ended = once(child, 'close');
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    // What goes on until somebody ends it is ended when it has said all that the page shows.
    if (ENDLESS.test(command) && said.split('\n').length === output.split('\n').length) interrupt(child);
  });
  await (place && stage?.meanwhile?.(command, place));
  await ended;
  if (variable !== undefined) {
    env[variable] = said.trim();
    said = '';
  }
  const [lines, expected] = [timeless(said).split('\n'), timeless(output).split('\n')];
  expect(lines.map((line, i) => (output.includes('…') ? line.slice(0, expected[i]?.length) : line))).toEqual(expected);
});

const ENDLESS = /^jsonmmap (watch|inspect)/;

async function beginStage(stage: Stage) {
  const place = placeIn(dir, `stage-${begun.size}`, env, atEnd);
  begun.set(stage, place);
  await stage.begin(place);
  return place;
}

/** Ctrl-C reaches the shell and the command. */
function interrupt({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGINT');
}
