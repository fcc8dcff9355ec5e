/**
 * The worked example of `spec/FORMAT.md` is what the writer makes. After an intended change of the format,
 * `UPDATE_VECTORS=1 npx vitest run test/spec` writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cases, example } from './cases.js';
import { workedExample } from './worked-example.js';

const path = join(import.meta.dirname, '..', '..', 'spec', 'FORMAT.md');

it('the worked example is made of the real bytes', () => {
  const block = `\`\`\`text\n${workedExample(cases.example())}\n\`\`\``;
  const document = readFileSync(path, 'utf8');
  const shown = /```text\n byte unit[^`]*```/;
  if (process.env.UPDATE_VECTORS !== undefined)
    writeFileSync(
      path,
      document.replace(shown, () => block),
    );
  expect(readFileSync(path, 'utf8')).toContain(block);
  expect(document).toContain(JSON.stringify(example));
});
