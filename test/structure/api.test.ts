import { readFileSync } from 'node:fs';
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
  ObjectMmap: { module: 'mmap/object-mmap.ts', section: 'Mmap and ObjectMmap' },
};

/** Types that are written as an alias, or that only arguments have: what the page says of them instead of their name. */
const IN_WORDS: Record<string, string> = {
  FollowerOptions: '{ dir?, owner? }',
  MmapOptions: '{ access?, tagname?, offset? }',
  Access: "`access` is `'read'`, `'write'` or `'copy'`",
  Advice: '`madvise`',
  BytesLike: '`write`',
  Problem: "`severity` `'error'` or `'leftover'`, `path`, `message`",
  Path: '**Path.**',
  Immutable: '**Frozen data.**',
  JsonPatch: '`patch(operations)` | RFC 6902',
  JsonPatchOperation: '`patch(operations)` | RFC 6902',
};

describe('docs/API.md', () => {
  const exported = [...exportsOf('index.ts'), ...exportsOf('mmap/index.ts')];

  it.each(exported)('names $name, or each of its members, or says what it is', ({ name, module }) => {
    if (namesIn(page).has(name)) return;
    if (IN_WORDS[name] !== undefined) return expect(page).toContain(IN_WORDS[name]);
    const members = membersOf(module, name);
    expect(members, `what ${name} has`).not.toEqual([]);
    expect(members.filter((member) => !namesIn(page).has(member))).toEqual([]);
  });

  it.each(Object.entries(CLASSES))('describes every public member of %s', (name, { module, section }) => {
    const members = membersOf(module, name);
    expect(members.length).toBeGreaterThan(2);
    const described = namesIn(sectionOf(section));
    expect(members.filter((member) => !described.has(member))).toEqual([]);
  });

  it('is said in words of no type that it names, or that is gone', () => {
    const names = exported.map(({ name }) => name);
    const stale = Object.keys(IN_WORDS).filter((name) => !names.includes(name) || namesIn(page).has(name));
    expect(stale).toEqual([]);
  });
});

/** The words of all code in a text. */
function namesIn(text: string): Set<string> {
  const code = [...text.matchAll(/`[^`\n]+`|^```js\n.*?^```$/gms)].map(([code]) => code);
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
