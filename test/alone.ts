/**
 * Tests that change their process, or are about it. In the short run all others share processes, of which each takes longer to start, and to load what is tested,
 * than most files take. A file that replaces a module (`vi.mock`) is one of these: another file may have loaded what uses that module.
 */
export const ALONE: readonly string[] = [
  'test/durability/failing-disk.test.ts',
  'test/durability/replay.test.ts',
  'test/hostile/**/*.test.ts',
  'test/run/loads.test.ts',
  'test/unit/format/compare/patch-size.test.ts',
  'test/unit/region/segment/reclamation.test.ts',
];
