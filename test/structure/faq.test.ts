import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.js';
import type { CommandCode } from '../../src/command-error.js';
import type { ErrorCode } from '../../src/errors.js';
import { codeOf, ROOT } from './imports.js';

const page = readFileSync(join(ROOT, 'docs', 'FAQ.md'), 'utf8');
const entries = [...page.matchAll(/^#### (ERR_\w+)\n(.*?)(?=^#|$(?![\s\S]))/gms)].map(([, code, text]) => ({
  code,
  text,
}));
const codes = [...codesOf('errors.ts', 'ErrorCode'), ...codesOf('command-error.ts', 'CommandCode')];

describe('docs/FAQ.md', () => {
  it('has one entry for every code, and for no other', () => {
    expect(codes).toContain('ERR_CLOSED');
    expect(entries.map(({ code }) => code).sort()).toEqual([...codes].sort());
  });

  it.each(entries)('says of $code what it means, why it happens and what to do', ({ code, text }) => {
    const labels = [...text.matchAll(/^- \*\*(.+?):\*\* \S/gm)].map(([, label]) => label);
    expect(labels).toEqual(['Meaning', 'Why', 'What to do', 'Exit code']);
    expect(text).toContain(`- **Exit code:** ${exitCodeOf(code as ErrorCode | CommandCode)}\n`);
  });
});

/** The members of a union of strings, as the source has it. */
function codesOf(module: string, union: string): string[] {
  const [, members] = new RegExp(`export type ${union} =(.*?);`, 's').exec(codeOf(module))!;
  return [...members.matchAll(/'(ERR_\w+)'/g)].map(([, code]) => code);
}
