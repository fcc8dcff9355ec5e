import { defineConfig } from 'vitest/config';
import { ALONE } from './test/alone.js';
import { LONG } from './test/long.js';

/** Files that are asked for by their name or folder run, however long they take. */
const isAskedFor = process.argv.slice(2).some((argument) => /^(?:\.\/)?test\//.test(argument));

const ALL = ['test/**/*.test.ts'];

export default defineConfig(({ mode }) => {
  const isFull = mode === 'full';
  const excluded = isFull || isAskedFor ? [] : Object.keys(LONG);
  const common = {
    env: { JSONMMAP_EFFORT: isFull ? 'full' : 'short' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks' as const,
    setupFiles: ['test/setup.ts'],
  };
  return {
    test: {
      projects: [
        { test: { ...common, name: 'sharing', include: ALL, exclude: [...excluded, ...ALONE], isolate: isFull } },
        { test: { ...common, name: 'alone', include: [...ALONE], exclude: excluded } },
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
