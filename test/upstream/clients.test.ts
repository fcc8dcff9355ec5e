/** Clients of engines are packages that a program installs when it needs them: without them the rest works, and the error names what to install. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installInto } from '../package/installed.js';
import { Origin } from './origin.js';

const project = mkdtempSync(join(tmpdir(), 'jsonmmap-clients-'));
const origin = new Origin();

beforeAll(async () => {
  installInto(project);
  await origin.start();
});
afterAll(async () => {
  await origin.stop();
  rmSync(project, { recursive: true });
});

/** What a program says that opens `url`. */
function open(url: string, format: 'module' | 'commonjs'): string {
  const load = format === 'module' ? "await import('jsonmmap/upstream')" : "require('jsonmmap/upstream')";
  const call = `openUpstream('${url}').then((engine) => engine.kind, ({ code, message }) => \`\${code}: \${message}\`)`;
  const program = `const { openUpstream } = ${load}; ${call}.then((said) => { console.log(said); process.exit(); });`;
  const { stdout, stderr } = spawnSync(process.execPath, [`--input-type=${format}`, '-e', program], {
    cwd: project,
    encoding: 'utf8',
  });
  return stdout.trim() || stderr;
}

it.each(['module', 'commonjs'] as const)('says what to install, %s', (format) => {
  expect(open('nats://127.0.0.1:1/bucket/doc', format)).toMatch(
    /^ERR_UPSTREAM_CLIENT: nats:.*npm install @nats-io\/transport-node@3\.3 @nats-io\/jetstream@3\.3 @nats-io\/obj@3\.3$/,
  );
  expect(open('redis://127.0.0.1:1/bucket/doc', format)).toMatch(
    /^ERR_UPSTREAM_CLIENT: redis:.*npm install @redis\/client$/,
  );
});

it.each(['module', 'commonjs'] as const)('needs no package for HTTP, %s', (format) => {
  expect(open(`http://127.0.0.1:${origin.port}/bucket/doc`, format)).toBe('http');
});
