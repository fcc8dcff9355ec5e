/** The program of docs/API.md about many hosts, with a real server in place of those that it names. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasProgram, natsServer } from './servers.js';

const ROOT = join(import.meta.dirname, '..', '..');
const lacksServer = hasProgram('nats-server') ? '' : ' (skipped: nats-server is not installed)';

it.skipIf(lacksServer !== '')(`docs/API.md, its program about many hosts${lacksServer}`, async () => {
  const page = readFileSync(join(ROOT, 'docs', 'API.md'), 'utf8');
  const [code] = [...page.matchAll(/^```js\n(.*?)^```$/gms)]
    .map(([, body]) => body)
    .filter((body) => body.includes('jsonmmap/upstream'));
  const directory = mkdtempSync(join(tmpdir(), 'api-'));
  const server = await natsServer();
  try {
    const program = code
      .replaceAll('nats://n1,n2,n3/config/app', server.url('config', 'app'))
      .replaceAll('/var/lib/app', join(directory, 'last-good'));
    const printed = execFileSync(
      process.execPath,
      ['--input-type=module', '--eval', `${program}await agent.close(); master.close();`],
      {
        cwd: ROOT,
        env: { ...process.env, JSONMMAP_DIR: directory },
        encoding: 'utf8',
        timeout: 30_000,
      },
    );
    expect(printed.trimEnd().split('\n')).toEqual([...code.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line));
  } finally {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
