import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Advice, adviceNumber } from '../../../src/mmap/advice.js';
import { describeSystems } from '../../mmap-systems.js';
import { coded, scratchDirectory } from './scratch.js';

const PORTABLE: Advice[] = ['normal', 'random', 'sequential', 'willneed', 'dontneed'];
const LINUX: Advice[] = [
  ...(['dontfork', 'dofork', 'mergeable', 'unmergeable', 'hugepage', 'nohugepage'] as const),
  ...(['dontdump', 'dodump', 'cold', 'pageout'] as const),
];

describe('advice', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('has the numbers of POSIX everywhere', () => {
    vi.stubGlobal('process', { ...process, platform: 'darwin' });
    expect(PORTABLE.map(adviceNumber)).toEqual([0, 1, 2, 3, 4]);
  });

  it.each(LINUX)('%s is refused where there is no Linux', (name) => {
    vi.stubGlobal('process', { ...process, platform: 'darwin' });
    expect(() => adviceNumber(name)).toThrow(coded('ERR_UNSUPPORTED'));
  });
});

describeSystems('madvise', (load) => {
  const scratch = scratchDirectory();
  let module: Awaited<ReturnType<typeof load>>;

  beforeAll(async () => {
    module = await load();
  });

  it.each([...PORTABLE, ...LINUX])('%s is taken, or unknown to the kernel, and the contents stay', (name) => {
    const path = join(scratch.path, 'file');
    writeFileSync(path, 'contents');
    using mmap = module.Mmap.open(path);
    mmap.write('X');
    try {
      mmap.madvise(name);
    } catch (error) {
      expect(PORTABLE).not.toContain(name);
      expect(error).toEqual(coded('ERR_UNSUPPORTED'));
    }
    expect(mmap.slice().toString()).toBe('Xontents');
  });
});
