import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Tests run these as processes of their own, where this does not see them.
      exclude: ['src/cli/**', 'src/run/**', 'src/control/**'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
      thresholds: { statements: 88, branches: 80, functions: 90, lines: 90 },
    },
  },
});
