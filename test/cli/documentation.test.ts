import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitMeanings } from '../../src/cli/exit-codes.js';
import { Io } from '../../src/cli/io.js';
import { createProgram } from '../../src/cli/program.js';

const root = join(import.meta.dirname, '..', '..');
const markdown = readFileSync(join(root, 'docs', 'CLI.md'), 'utf8');
const manual = readFileSync(join(root, 'man', 'jsonmmap.1'), 'utf8')
  .replaceAll('\\-', '-')
  .replaceAll(/\\f[BIR]/g, '');
const { commands } = await createProgram(new Io());

/** The part of the document that describes a verb. */
function sectionOf(verb: string): string {
  const begin = markdown.search(new RegExp(`^#{2,3} ${verb}$`, 'm'));
  expect(begin, `docs/CLI.md describes ${verb}`).toBeGreaterThan(0);
  const rest = markdown.slice(begin + 4);
  const end = rest.search(/^#{2,3} /m);
  return end < 0 ? rest : rest.slice(0, end);
}

describe('docs/CLI.md and the man page', () => {
  it.each(commands.map((command) => [command.name(), command] as const))(
    'describe %s and its options',
    (verb, command) => {
      const section = sectionOf(verb);
      expect(section).toContain(`jsonmmap ${verb}`);
      expect(manual).toMatch(new RegExp(`^(\\.B )?${verb}( |$)`, 'm'));
      for (const { long } of command.options) {
        expect(section, `${verb} ${long}`).toContain(`${long}`);
        expect(manual, `${verb} ${long}`).toContain(`${long}`);
      }
    },
  );

  it('link to every verb above all sections', () => {
    const index = markdown.slice(0, markdown.indexOf('\n## '));
    const linked = [...index.matchAll(/\[(\w+)\]\(#\1\)/g)].map(([, verb]) => verb);
    const visible = commands.map((command) => command.name()).filter((verb) => verb !== 'complete');
    expect(new Set(linked)).toEqual(new Set(visible));
  });

  it('name no option that there is not', () => {
    const known = new Set([
      ...commands.flatMap(({ options }) => options.map(({ long }) => long)),
      '--help',
      '--version',
      '--global',
      '--env-file', // of docker
    ]);
    const named = [...`${markdown}\n${manual}`.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);
    expect(named.filter((option) => !known.has(option))).toEqual([]);
  });

  it('have the exit codes as they are', () => {
    for (const [code, meaning] of exitMeanings) {
      expect(markdown).toContain(`| ${code} | ${meaning} |`);
      expect(manual).toContain(`.B ${code}\n${meaning.replaceAll('`', '')}\n`);
    }
  });

  const lacksGroff = spawnSync('groff', ['--version']).status !== 0;
  it.skipIf(lacksGroff)('the man page is well-formed (needs groff)', () => {
    const { stdout, stderr, status } = spawnSync('groff', ['-man', '-Tutf8', '-ww', join(root, 'man', 'jsonmmap.1')], {
      encoding: 'utf8',
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toContain('JSONMMAP(1)');
  });
});
