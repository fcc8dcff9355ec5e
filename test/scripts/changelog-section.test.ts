import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'changelog-section.mjs');
const directory = mkdtempSync(join(tmpdir(), 'changelog-'));
const file = join(directory, 'CHANGELOG.md');
writeFileSync(
  file,
  `# Changelog

## [Unreleased]

## [1.10.0] - 2026-02-03

### Added

- Ten.

## [1.1.0] - 2026-01-02

- One.
  Two lines of it.

[1.10.0]: https://example.org/compare
`,
);

afterAll(() => rmSync(directory, { recursive: true }));

function section(version: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, version, file], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('scripts/changelog-section.mjs', () => {
  it('prints the section of a version, subheadings included', () => {
    expect(section('1.10.0')).toEqual({ status: 0, stdout: '### Added\n\n- Ten.\n', stderr: '' });
  });

  it('ends the last section before the links', () => {
    expect(section('1.1.0').stdout).toBe('- One.\n  Two lines of it.\n');
  });

  it.each([
    ['1.1', 'no section'],
    ['2.0.0', 'no section'],
    ['Unreleased', 'is empty'],
  ])('refuses %s: %s', (version, words) => {
    const { status, stdout, stderr } = section(version);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(words);
  });
});
