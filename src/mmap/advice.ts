/** The hints of `madvise(2)` that keep the contents, by name; the numbers are those of Linux's `<asm-generic/mman-common.h>`. */
import { JsonMmapError } from '../errors.js';
import { invalid } from './arguments.js';

/** The first five have the same number on every POSIX system. */
const PORTABLE = { normal: 0, random: 1, sequential: 2, willneed: 3, dontneed: 4 } as const;
const LINUX = {
  ...{ dontfork: 10, dofork: 11, mergeable: 12, unmergeable: 13, hugepage: 14, nohugepage: 15 },
  ...{ dontdump: 16, dodump: 17, cold: 20, pageout: 21 },
} as const;

export type Advice = keyof typeof PORTABLE | keyof typeof LINUX;

/** @throws `ERR_INVALID_ARG` for a name that is none, `ERR_UNSUPPORTED` for one of Linux's elsewhere. */
export function adviceNumber(option: unknown): number {
  if (typeof option === 'string' && Object.hasOwn(PORTABLE, option)) return PORTABLE[option as keyof typeof PORTABLE];
  if (typeof option !== 'string' || !Object.hasOwn(LINUX, option)) {
    throw invalid(`option must be one of ${Object.keys({ ...PORTABLE, ...LINUX }).join(', ')}`);
  }
  if (process.platform === 'linux') return LINUX[option as keyof typeof LINUX];
  throw new JsonMmapError('ERR_UNSUPPORTED', `madvise '${option}' exists on Linux only`, {
    cure: `leave it out elsewhere`,
  });
}
