import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './imports.js';

const GITHUB = join(ROOT, '.github');
const files = readdirSync(GITHUB, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yml'));
const { scripts, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

interface Job {
  readonly strategy?: { readonly matrix?: { readonly node?: readonly number[] } };
  readonly steps?: readonly { readonly run?: string; readonly uses?: string }[];
  readonly uses?: string;
}

/** What a workflow does, in jobs by name. */
function jobsOf(file: string): Record<string, Job> {
  return parse(readFileSync(join(GITHUB, file), 'utf8')).jobs;
}

describe.each(files.filter((path) => path.includes('workflows')))('.github/%s', (file) => {
  const steps = Object.values(jobsOf(file)).flatMap(({ steps = [] }) => steps);
  const commands = steps.flatMap(({ run }) => run ?? []).join('\n');

  it('runs scripts and files that exist', () => {
    const names = [...commands.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
    const paths = [...commands.matchAll(/(?<![\w/.-])((?:scripts|test|\.ci)\/[\w/.-]+)/g)].map(([, path]) => path);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(names.length + paths.length).toBeGreaterThan(0);
  });

  it('pins actions by their major version', () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^actions\/[\w-]+@v\d+$/.test(action))).toEqual([]);
  });
});

it('the whole of CI runs on every Node that the README promises', () => {
  const [promised] = /^Node .*?(?=, Bun)/m.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))!;
  const majors = [...promised.matchAll(/(?<![.\d])\d+/g)].map(([major]) => Number(major));
  expect(engines.node).toBe(`>=${promised.split(/[ ,]+/)[1]}`);
  expect(jobsOf('workflows/ci.yml').linux.strategy?.matrix?.node).toEqual(majors);
});

it.each(files.filter((path) => !path.includes('workflows')))('.github/%s is a form', (file) => {
  const form = parse(readFileSync(join(GITHUB, file), 'utf8'));
  if (file.endsWith('config.yml')) return expect(form.contact_links.length).toBeGreaterThan(0);
  expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
  const ids = form.body.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
