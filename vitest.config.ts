import { defineConfig } from 'vitest/config';
import { LONG } from './test/long.js';

/** Files that are asked for by their name or folder run, however long they take. */
const isAskedFor = process.argv.slice(2).some((argument) => /^(?:\.\/)?test\//.test(argument));

export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: mode === 'full' || isAskedFor ? [] : Object.keys(LONG),
    env: { JSONMMAP_EFFORT: mode === 'full' ? 'full' : 'short' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    coverage: {
      provider: 'custom',
      customProviderModule: './test/coverage/provider.mjs',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
      thresholds: { statements: 88, branches: 80, functions: 90, lines: 90 },
    },
  },
}));
