import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { describe, expect, it } from 'vitest';
import { ROOT } from './imports.js';

const page = readFileSync(join(ROOT, 'docs', 'API.md'), 'utf8');

/** Classes, and the section of the page that describes each. */
const CLASSES = {
  Master: { module: 'master/master.ts', section: 'Master' },
  Follower: { module: 'follower/follower.ts', section: 'Follower' },
  Selection: { module: 'follower/selection.ts', section: 'Selection' },
  Snapshot: { module: 'follower/snapshot.ts', section: 'Snapshot' },
  Change: { module: 'follower/change.ts', section: 'Change' },
  Mmap: { module: 'mmap/mmap.ts', section: 'Mmap and ObjectMmap' },
  Agent: { module: 'upstream/agent/agent.ts', section: 'Many hosts' },
  ObjectMmap: { module: 'mmap/object-mmap.ts', section: 'Mmap and ObjectMmap' },
};

/** Exported types that tables describe: events, options of a master, codes of errors. */
const IN_TABLES = ['FollowerEvents', 'MasterEvents', 'SelectionEvents', 'MasterOptions', 'ErrorCode'];

describe('docs/API.md', () => {
  const exported = [...exportsOf('index.ts'), ...exportsOf('mmap/index.ts')];

  it.each([...exported, ...exportsOf('upstream/index.ts'), ...exportsOf('metrics/index.ts')])(
    'names $name',
    ({ name }) => {
      expect(namesIn(page)).toContain(name);
    },
  );

  it('declares every other type as the package does', () => {
    const [, block] = /^```ts\n(.*?)^```$/ms.exec(sectionOf('Types'))!;
    const declared = [...block.matchAll(/^(?:type|interface) (\w+)/gm)].map(([, name]) => name);
    const types = exported.map(({ name }) => name).filter((name) => isType(name) && !IN_TABLES.includes(name));
    expect([...declared].sort()).toEqual([...new Set(types)].sort());
    expect(differencesIn(block, declared)).toEqual('');
  });

  it.each(Object.entries(CLASSES))('describes every public member of %s', (name, { module, section }) => {
    const members = membersOf(module, name);
    expect(members.length).toBeGreaterThan(2);
    const described = namesIn(sectionOf(section));
    expect(members.filter((member) => !described.has(member))).toEqual([]);
  });
});

function isType(name: string): boolean {
  const values = ['Master', 'Follower', 'Mmap', 'ObjectMmap', 'JsonMmapError', 'JsonMmapTypeError'];
  return !/^[a-z]/.test(name) && !values.includes(name) && !(name in CLASSES);
}

/** What the compiler says of a file that declares `block` and demands that each of its types is identical to the export of that name. */
function differencesIn(block: string, names: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'api-'));
  const file = join(directory, 'api.ts');
  const generic = (name: string) => (new RegExp(`^type ${name}<`, 'm').test(block) ? '<{ a: [{ b: string }] }>' : '');
  const demands = names.map(
    (name) => `export const is${name}: Same<${name}${generic(name)}, Package.${name}${generic(name)}> = true;`,
  );
  writeFileSync(
    file,
    [
      `import type * as Package from ${JSON.stringify(join(ROOT, 'src', 'index.js'))};`,
      'type ErrorCode = Package.ErrorCode;',
      'type JsonMmapError = Package.JsonMmapError;',
      'type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;',
      block,
      ...demands,
    ].join('\n'),
  );
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', '--ignoreConfig'];
  const target = ['--target', 'es2023', '--module', 'nodenext', '--lib', 'es2023,esnext.disposable'];
  const node = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules', '@types')];
  const { stdout } = spawnSync(process.execPath, [compiler, ...options, ...target, ...node, file], {
    encoding: 'utf8',
  });
  rmSync(directory, { recursive: true });
  return stdout;
}

/** The words of all code in a text. */
function namesIn(text: string): Set<string> {
  const code = [...text.matchAll(/`[^`\n]+`|^```(?:js|ts)\n.*?^```$/gms)].map(([code]) => code);
  return new Set(code.flatMap((code) => code.match(/[A-Za-z_]\w*/g) ?? []));
}

function sectionOf(title: string): string {
  const begin = page.indexOf(`\n## ${title}\n`);
  expect(begin, title).toBeGreaterThan(0);
  const end = page.indexOf('\n## ', begin + 1);
  return page.slice(begin, end < 0 ? undefined : end);
}

interface Exported {
  readonly name: string;
  readonly module: string;
}

/** What a module exports of other modules. */
function exportsOf(module: string): Exported[] {
  const { staticExports } = parse(module).parsed.module;
  return staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName, moduleRequest }) =>
      exportName.name && moduleRequest
        ? [{ name: exportName.name, module: posix.join(module, '..', moduleRequest.value).replace(/\.js$/, '.ts') }]
        : [],
    ),
  );
}

interface Declaration {
  readonly id?: { readonly name: string } | null;
  readonly body?: { readonly body?: readonly Member[] };
}

interface Member {
  readonly start: number;
  readonly key?: { readonly type: string; readonly name?: string };
  readonly accessibility?: string | null;
}

/** The public members of a class or interface, in a module or in that from which it exports it. */
function membersOf(module: string, name: string): string[] {
  const { source, parsed } = parse(module);
  const found = parsed.program.body
    .map((statement) => ('declaration' in statement ? statement.declaration : statement) as Declaration | null)
    .find((declaration) => declaration?.id?.name === name);
  if (found === undefined) {
    const elsewhere = exportsOf(module).find((exported) => exported.name === name);
    return elsewhere ? membersOf(elsewhere.module, name) : [];
  }
  const members = (found?.body?.body ?? []).filter(
    ({ key, accessibility, start }) =>
      key?.type === 'Identifier' && accessibility !== 'private' && !isInternal(source, start, parsed.comments),
  );
  return [...new Set(members.map(({ key }) => key?.name ?? ''))].filter((member) => member !== 'constructor');
}

/** Whether the comment right before `start` says so; such members are no part of the declarations that are published. */
function isInternal(source: string, start: number, comments: readonly { end: number; value: string }[]): boolean {
  const above = comments.find(({ end }) => end <= start && source.slice(end, start).trim() === '');
  return above?.value.includes('@internal') ?? false;
}

function parse(module: string) {
  const source = readFileSync(join(ROOT, 'src', module), 'utf8');
  return { source, parsed: parseSync(module, source) };
}
