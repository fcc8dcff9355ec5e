// Coverage of the tests and of the processes that they start: the command, `run`, masters and followers on their own. Node writes what such a
// process has executed when it exits; one that is killed writes nothing. Plain JavaScript: vitest's own provider keeps as private what this extends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import v8 from '@vitest/coverage-v8';
import { V8CoverageProvider } from '@vitest/coverage-v8/dist/provider.js';
import { addHits } from './hits.mjs';
import { executedBy } from './processes.mjs';

/** Where processes write; not yet under Node's own name, by which the processes of the test runner would write too. */
const FOLDER = 'TEST_PROCESS_COVERAGE';

class Provider extends V8CoverageProvider {
  /** By which the test runner's processes find `startCoverage` below, not that of the provider that this extends. */
  name = 'custom';

  initialize(vitest) {
    super.initialize(vitest);
    process.env[FOLDER] = mkdtempSync(join(tmpdir(), 'jsonmmap-coverage-'));
  }

  async generateCoverage(context) {
    const { root } = this.ctx.config;
    const written = process.env[FOLDER];
    const coverage = await super.generateCoverage(context);
    for (const { url, code, map, functions } of executedBy(written, join(root, 'dist'))) {
      const executed = await this.remapCoverage(url, 0, { code, map }, functions);
      addHits(coverage, executed, (file) => this.isIncluded(file, root));
    }
    rmSync(written, { recursive: true });
    return coverage;
  }
}

export default {
  ...v8,
  startCoverage(options) {
    process.env.NODE_V8_COVERAGE = process.env[FOLDER];
    return v8.startCoverage(options);
  },
  getProvider: () => new Provider(),
};
