import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf, importsIn, modules, ROOT } from './imports.js';

const COMMAND = /^(cli|run|sources)\/|^command-error\.ts$/;

/** What lies beside the folders of `region` and is used by all of them. */
const SHARED = ['region/errors.ts', 'region/failpoints.ts'];

/** The command completes its own words: the verb `complete` is one of the verbs that it reads, and is loaded when it runs. */
const COMPLETION = ['cli/complete.ts', 'cli/completion/candidates.ts', 'cli/program.ts'];

interface Room {
  /** A folder or a module below `src/`. */
  readonly name: string;
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}

const rooms = layers();
const imports = modules.flatMap((module) => importsIn(module, codeOf(module)));
const between = imports
  .filter(({ to }) => modules.includes(to))
  .map(({ from, to }) => ({ from: roomOf(from), to: roomOf(to), what: `${from} imports ${to}` }))
  .filter(({ from, to }) => from !== to);
const packages = imports.filter(({ to }) => !modules.includes(to) && !/^(node:|jsonmmap$|\.)|\.css$/.test(to));

describe('the table of layers in docs/ARCHITECTURE.md', () => {
  it('has every folder of src/, and none that is gone', () => {
    expect([...new Set(modules.map(roomOf))].sort()).toEqual(rooms.map(({ name }) => name).sort());
  });

  it('lets imports point down only, so that folders make no cycle', () => {
    const names = rooms.map(({ name }) => name);
    const up = rooms.flatMap((room, row) =>
      room.rooms.filter((name) => names.indexOf(name) <= row).map((name) => `${room.name} imports ${name}`),
    );
    expect(up).toEqual([]);
  });

  it('lists every import between folders', () => {
    const unlisted = between.filter(({ from, to }) => !room(from).rooms.includes(to)).map(({ what }) => what);
    expect(unlisted).toEqual([]);
  });

  it('lists no import that there is not', () => {
    const stale = rooms.flatMap(({ name, rooms }) =>
      rooms
        .filter((other) => !between.some(({ from, to }) => from === name && to === other))
        .map((other) => `${name} imports ${other}`),
    );
    expect(stale).toEqual([]);
  });

  it('lists the packages that each folder names', () => {
    const found = rooms.map(({ name }) => packages.filter(({ from }) => roomOf(from) === name).map(({ to }) => to));
    expect(rooms.map(({ packages }) => [...packages].sort())).toEqual(found.map((names) => [...new Set(names)].sort()));
  });
});

describe('the rules below that table', () => {
  it('modules make no circle, types included', () => {
    expect(circles().filter((circle) => circle.join() !== COMPLETION.join())).toEqual([]);
  });

  it('master and follower do not import each other', () => {
    expect(room('master').rooms).not.toContain('follower');
    expect(room('follower').rooms).not.toContain('master');
  });

  it('the core imports nothing of the command', () => {
    const core = imports.filter(({ from }) => !COMMAND.test(from));
    expect(core.filter(({ to }) => COMMAND.test(to))).toEqual([]);
  });

  it('a module loads no package with itself, but for drafts and for the command line itself', () => {
    const isPage = (module: string) => roomOf(module) === 'inspector/page'; // a program of its own, which browsers load
    const eager = packages.filter(({ from, eager }) => eager && !isPage(from)).map(({ from, to }) => `${roomOf(from)}: ${to}`);
    expect([...new Set(eager)].sort()).toEqual(['cli: commander', 'master: mutative']);
  });

  it('an engine is reached through its contract', () => {
    const engine = (module: string) => /^upstream\/(nats|redis|http)\//.exec(module)?.[0];
    const reached = imports.filter(({ from, to }) => engine(to) !== undefined && engine(from) !== engine(to));
    expect([...new Set(reached.map(({ from }) => from))]).toEqual(['upstream/open.ts']);
  });

  it('region takes types from format only: it knows no JSON', () => {
    const taken = imports.filter(({ from, to }) => from.startsWith('region/') && roomOf(to).startsWith('format'));
    expect(taken.filter(({ eager }) => eager)).toEqual([]);
    expect([...new Set(taken.map(({ to }) => to))]).toEqual(['format/segment.ts']);
  });

  it('format does not reach the operating system', () => {
    const builtins = imports.filter(({ from, to }) => from.startsWith('format/') && to.startsWith('node:'));
    expect([...new Set(builtins.map(({ to }) => to))].sort()).toEqual(['node:crypto', 'node:util']);
  });

  it('only the command starts processes and threads', () => {
    const starters = imports.filter(({ to }) => /^node:(child_process|worker_threads|cluster)$/.test(to));
    expect(starters.filter(({ from }) => !COMMAND.test(from))).toEqual([]);
  });

  it('Atomics are used for the control file, and for the frame of ObjectMmap', () => {
    const users = modules.filter((module) => /\bAtomics\b/.test(codeOf(module)));
    expect(users.sort()).toEqual(['mmap/frame.ts', 'region/control/memory.ts']);
  });
});

it('every form of an import is seen', () => {
  const code = `
    import type { A } from './a.js';
    import { type B, c } from '../region/b.js';
    import '@scope/package/part';
    export { d } from './d.js';
    export type { E } from './e.js';
    export * from './f.js';
    const g = await import('./g.js');
    const h: typeof import('h') = require('h/part');
    new Worker(new URL('./i.js', import.meta.url));`;
  expect(importsIn('cli/x.ts', code).map(({ to, eager }) => [to, eager])).toEqual([
    ['cli/a.ts', false],
    ['region/b.ts', true],
    ['@scope/package', true],
    ['cli/d.ts', true],
    ['cli/e.ts', false],
    ['cli/f.ts', true],
    ['cli/g.ts', false],
    ['h', false],
    ['h', false],
    ['cli/i.ts', false],
  ]);
});

/** The rows of the table: room, what it is, rooms, packages. */
function layers(): Room[] {
  const page = readFileSync(join(ROOT, 'docs', 'ARCHITECTURE.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `src\/([^`]+?)\/?` \|(.*)\|(.*)\|(.*)\|$/gm)];
  return rows.map(([, name, , below, packages]) => ({ name, rooms: quoted(below), packages: quoted(packages) }));
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
}

function room(name: string): Room {
  const found = rooms.find((room) => room.name === name);
  expect(found, `${name} has a row in docs/ARCHITECTURE.md`).toBeDefined();
  return found!;
}

/** The room of a module: its folder, or itself in `src/`; a folder of `format` or of `region` and the page of the inspector are rooms of their own. */
function roomOf(module: string): string {
  if (SHARED.includes(module)) return module;
  if (module.startsWith('inspector/page/')) return 'inspector/page';
  const parts = module.split('/');
  const isDivided = ['format', 'region'].includes(parts[0]) && parts.length > 2;
  return parts.slice(0, isDivided ? 2 : 1).join('/');
}

/** The sets of modules of which each reaches every other. */
function circles(): string[][] {
  const next = new Map(
    modules.map((module) => [module, new Set(imports.filter(({ from }) => from === module).map(({ to }) => to))]),
  );
  const reachable = new Map(modules.map((module) => [module, reached(module, next)]));
  const around = modules.map((module) =>
    modules.filter((other) => reachable.get(module)!.has(other) && reachable.get(other)!.has(module)).sort(),
  );
  const distinct = new Map(around.filter((circle) => circle.length > 0).map((circle) => [circle.join(), circle]));
  return [...distinct.values()];
}

function reached(start: string, next: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set<string>();
  const open = [start];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    for (const other of next.get(module) ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}
