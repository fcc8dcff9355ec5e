import { defineConfig } from 'vitest/config';
import { LONG } from './test/long.js';

/** Files that are asked for by their name or folder run, however long they take. */
const isAskedFor = process.argv.slice(2).some((argument) => /^(?:\.\/)?test\//.test(argument));

/** Tests that start no process and change nothing of their own: in the short run they share processes, of which each takes longer to start than most of them. */
const SHARING = ['format', 'property', 'spec', 'structure'].map((folder) => `test/{,unit/}${folder}/**/*.test.ts`);

export default defineConfig(({ mode }) => {
  const isFull = mode === 'full';
  const excluded = isFull || isAskedFor ? [] : Object.keys(LONG);
  const common = {
    env: { JSONMMAP_EFFORT: isFull ? 'full' : 'short' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks' as const,
  };
  return {
    test: {
      projects: [
        { test: { ...common, name: 'sharing', include: SHARING, exclude: excluded, isolate: isFull } },
        { test: { ...common, name: 'alone', include: ['test/**/*.test.ts'], exclude: [...excluded, ...SHARING] } },
      ],
      coverage: {
        provider: 'custom',
        customProviderModule: './test/coverage/provider.mjs',
        include: ['src/**/*.ts'],
        reporter: ['text-summary', 'html'],
        reportOnFailure: true,
        thresholds: { statements: 88, branches: 80, functions: 90, lines: 90 },
      },
    },
  };
});
