/** Every snippet of a page that is no part of `guide.test.ts` runs as it is pasted, with the files that it names beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CLI } from './example.js';

const ROOT = join(import.meta.dirname, '..', '..');
const DEADLINE_MS = 30_000;

let place: string;
const children = new Set<ChildProcess>();

/** A project that has the package, as `npm install` leaves it, and the files that the pages name. */
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'pages-'));
  mkdirSync(join(place, 'node_modules'));
  symlinkSync(ROOT, join(place, 'node_modules', 'jsonmmap'));
  mkdirSync(join(place, 'bin'));
  for (const [name, line] of [
    ['jsonmmap', `exec '${process.execPath}' '${CLI}' "$@"`],
    ['npx', 'exec "$@"'],
    ['esbuild', `exec '${join(ROOT, 'node_modules', '.bin', 'esbuild')}' "$@"`],
  ]) {
    writeFileSync(join(place, 'bin', name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(place, 'bin', name), 0o755);
  }
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  writeFileSync(join(place, 'config.yaml'), 'flags:\n  beta: false\n');
  writeFileSync(join(place, 'config.json'), '{}');
  writeFileSync(join(place, 'defaults.yaml'), 'port: 3000\n');
  writeFileSync(join(place, 'site.toml'), 'port = 4000\n');
  writeFileSync(join(place, 'local.json'), '{"debug":true}');
  writeFileSync(join(place, 'schema.json'), '{"type":"object"}');
  writeFileSync(
    join(place, 'server.js'),
    "import { Follower } from 'jsonmmap';\nconst config = Follower.open().ref();\nconsole.log('serving', JSON.stringify(config.current));\n",
  );
});

/** A run that is killed leaves its followers behind, which have groups of their own: it is asked to end, and ends them. */
afterEach(async () => {
  for (const child of children) signal(child, 'SIGTERM');
  const late = setTimeout(() => {
    for (const child of children) signal(child, 'SIGKILL');
  }, DEADLINE_MS);
  await Promise.all([...children].map((child) => child.exitCode ?? child.signalCode ?? once(child, 'close')));
  clearTimeout(late);
  children.clear();
  rmSync(place, { recursive: true, force: true });
});

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid as number), name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The fences of a page, by language. */
function fences(page: string, language: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, body]) => body);
}

/** Starts a program in the place, as a process group; what it says is in `output`. */
function start(file: string, ...args: string[]) {
  const child = spawn(file, args, {
    cwd: place,
    detached: true,
    env: {
      ...process.env,
      JSONMMAP_DIR: join(place, 'regions'),
      NO_COLOR: '1',
      VISUAL: 'true', // an editor in which nobody changes anything
      PATH: `${join(place, 'bin')}${delimiter}${process.env.PATH}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const started = { output: '', code: undefined as number | null | undefined };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      started.output += text;
    });
  child.on('close', (code) => {
    started.code = code;
  });
  return started;
}

async function until(started: ReturnType<typeof start>, done: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`waited in vain; it said:\n${started.output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('README.md: the two files of the beginning talk to each other for as long as they run', async () => {
  const programs = new Map(
    fences('README.md', 'js').map((code) => [/^\/\/ (\w+\.mjs)/.exec(code)?.[1] ?? 'mmap.mjs', code]),
  );
  for (const [name, code] of programs) writeFileSync(join(place, name), code);
  const master = start(process.execPath, 'master.mjs');
  const ready = start('jsonmmap', 'watch', 'app-config', '--wait', '--now', '--count', '1');
  await until(ready, () => ready.code === 0);
  const follower = start(process.execPath, 'follower.mjs');
  const changes = () => [
    ...follower.output.matchAll(/^\d+ \[ \{ op: 'replace', path: '\/flags\/beta', value: (true|false) \} \]$/gm),
  ];
  await until(follower, () => changes().length >= 2);
  expect(follower.output).toMatch(/^(true|false)\n/);
  expect([master.code, follower.code]).toEqual([undefined, undefined]);
});

test('README.md: the memory-mapped files', async () => {
  const code = fences('README.md', 'js').find((text) => text.includes('ObjectMmap')) as string;
  writeFileSync(join(place, 'mmap.mjs'), `${code}console.log(JSON.stringify(shared.jsonReadFollower()));\n`);
  const program = start(process.execPath, 'mmap.mjs');
  await until(program, () => program.code !== undefined);
  expect(program).toEqual({ code: 0, output: '{"any":"object"}\n' });
});

test('docs/GUIDE.md: what a program was before runs up to its first turn', async () => {
  const [before, ...others] = fences('docs/GUIDE.md', 'ts');
  expect(others).toEqual([]);
  writeFileSync(join(place, 'before.mjs'), `${before}setImmediate(() => process.exit());\n`);
  const program = start(process.execPath, 'before.mjs');
  await until(program, () => program.code !== undefined);
  expect(program).toEqual({ code: 0, output: '' });
});

/** Each: what a snippet of the shell contains, and what it says when all of it has run; or why it does not run here. */
const scripts: Record<string, RegExp | string> = {
  'npm start': 'the examples and the package have tests of their own',
  'npm install jsonmmap': 'test/package installs the tarball',
  'jsonmmap push nats://n1,n2,n3/config/app': 'test/upstream and test/cli/upstream.test.ts have servers',
  'jsonmmap publish app-config config.yaml': /version 1 +new[\s\S]*version 2 [\s\S]*"beta": true/,
  'jsonmmap run config.yaml --name app-config': /(serving \{"flags":\{"beta":false\}\}[\s\S]*){4}/,
  'npx jsonmmap run defaults.yaml site.toml local.json --name app --schema':
    /(serving \{"port":4000,"debug":true\}[\s\S]*){4}/,
  'esbuild server.js': /out\/server\.mjs/,
  'kill -USR2': 'test/run signals a run',
  'kill -9': 'test/run kills a run and attaches another',
  'npx jsonmmap watch app --wait --now --exec': 'it writes to /var/lib',
  'jsonmmap run config.yaml --followers 4 -- node server.js\n': /(serving \{"flags"[\s\S]*){4}/,
  "jsonmmap watch shop /routes --now --exec 'render-nginx": 'it reloads nginx',
  'eval "$(jsonmmap completion bash)"': 'test/cli/completion.test.ts has the shells themselves',
};

const pages = ['README.md', 'docs/API.md', 'docs/GUIDE.md', 'docs/CLI.md', 'docs/METRICS.md'];
test.for(pages.flatMap((page) => fences(page, 'sh').map((script) => ({ page, script, begin: script.split('\n')[0] }))))(
  '$page: $begin',
  async ({ script }, { skip }) => {
    const [found, more] = Object.entries(scripts).filter(([part]) => script.includes(part));
    expect([found === undefined, more], 'a snippet of the shell has one entry in the table above').toEqual([
      false,
      undefined,
    ]);
    const [, says] = found;
    if (typeof says === 'string') return skip(says);
    const first = script
      .split('\n')
      .filter((line) => !line.startsWith('jsonmmap run defaults'))
      .join('\n');
    const shell = start('bash', '-euc', first);
    await until(shell, () => says.test(shell.output) || shell.code !== undefined);
    expect(shell.output).toMatch(says);
    expect(shell.code ?? 0).toBe(0);
  },
);
