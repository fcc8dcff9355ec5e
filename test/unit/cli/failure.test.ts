import { expect, it } from 'vitest';
import { explained } from '../../../src/cli/explain.js';
import { fail } from '../../../src/cli/failure.js';
import type { Io } from '../../../src/cli/io.js';
import { CommandError } from '../../../src/command-error.js';
import { JsonMmapError } from '../../../src/errors.js';

/** What `fail` writes, and the exit code. */
function failed(error: unknown, json: boolean): { lines: string[]; code: number } {
  const lines: string[] = [];
  const io = { note: (line: string) => lines.push(line), paintNote: (_: string, text: string) => text };
  return { code: fail(io as unknown as Io, error, json), lines };
}

const situation = { name: 'r', where: {}, options: new Set<string>() };

it('an error is its summary, and below it what to do', () => {
  const error = new JsonMmapError('ERR_BUSY', 'the master is busy', { cure: 'ask again' });
  expect(error.message).toBe('the master is busy; ask again');
  expect(failed(error, false)).toEqual({ code: 1, lines: ['jsonmmap: the master is busy', '          ask again'] });
});

it('with --json it is an object', () => {
  const { code, lines } = failed(new JsonMmapError('ERR_BUSY', 'the master is busy', { cure: 'ask again' }), true);
  const error = { code: 'ERR_BUSY', message: 'the master is busy', cure: 'ask again', exitCode: 1 };
  expect([code, ...lines.map((line) => JSON.parse(line))]).toEqual([1, { error }]);
});

it('with --json an internal error is an object, too', () => {
  const { code, lines } = failed(new RangeError('no reason'), true);
  expect(code).toBe(1);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      error: {
        code: 'ERR_INTERNAL',
        message: expect.stringContaining('RangeError: no reason'),
        cure: expect.stringContaining('please report it'),
        exitCode: 1,
      },
    },
  ]);
});

it('an error of the library keeps its summary and gets the cure of the command', () => {
  const error = new JsonMmapError('ERR_NO_SPACE', 'could not write: the file system is full', { cure: 'free space' });
  const told = explained(error, situation);
  expect([told.code, told.summary, told.cure]).toEqual([
    'ERR_NO_SPACE',
    'could not write: the file system is full',
    'free space, or name another directory with --dir or JSONMMAP_DIR',
  ]);
});

it('an error of the command stays as it is', () => {
  const error = new CommandError('ERR_NO_SPACE', 'could not write out.json', { cure: 'name another file' });
  expect(explained(error, situation)).toBe(error);
});
